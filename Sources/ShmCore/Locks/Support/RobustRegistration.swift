public import CShm
internal import Synchronization

/// A participant's view of its ``RobustListEntry``: what lock and unlock need to know about the registered thread.
@safe @usableFromInline struct RobustRegistration {
    /// The serial number of the registered thread; `.max`, which no thread has, if none is registered.
    @usableFromInline var thread: UInt64 = .max
    @usableFromInline var threadID: UInt32 = 0
    /// ``shm_generation()`` of the process that registered.
    var generation: UInt32 = 0
    /// When the thread last got the lock after it slept for it, in ns on `CLOCK_MONOTONIC`.
    var lastSlept: Int64 = 0
    /// When `tryLock()` last asked whether the owner exists, on the same clock.
    var lastAsked: Int64 = 0
    /// When the thread last yielded its CPU while the lock was taken, on the same clock.
    var lastYielded: Int64 = 0
    /// The address of the node in the thread's robust list.
    var node: UInt = 0
    /// The `list_op_pending` field of the thread's robust-list head.
    var pending: UnsafeMutablePointer<Atomic<UInt>>?
    var entry: RobustListEntry.Pointer?

    @inlinable @inline(__always)
    static var currentThread: UInt64 { shm_thread_serial() }

    /// Sets `list_op_pending`: the thread is about to change the word, or to act on a change.
    func announce() { unsafe pending?.pointee.store(node, ordering: .releasing) }

    /// Clears `list_op_pending`.
    func conclude() { unsafe pending?.pointee.store(0, ordering: .releasing) }
}
