internal import CShm
public import Synchronization

/// What a handle's ``SharedMemory/lock()`` and ``SharedMemory/unlock()`` touch, in memory of its own (``HandleMemory``) so
/// that no exclusivity check guards it, and so that the child of a fork finds it zeroed: a handle that knows no lock
/// and holds none. Every field's zero is its initial value.
///
/// One byte, the step, says both how the lock is taken on the fast path and whether the handle holds it. The fast path
/// is a comparison of thread numbers, the lock's own instruction, and a store to the byte.
@safe @usableFromInline struct HotState {
    /// What the next operation on the fast path may be.
    @usableFromInline enum Step: UInt8 {
        /// There is no fast path: the lock is not bound yet, the handle is not attached, the kind has none, or the last
        /// owner died. ``heldSlowly`` says whether the handle holds the lock.
        case slow
        /// ``FastPath/word(_:held:)``.
        case wordFree, wordHeld
        /// ``FastPath/calls(_:)``.
        case callsFree, callsHeld
    }

    /// ``FastCalls/Call``, which the public `lock()` must not name.
    @usableFromInline typealias Call = @convention(c) (UnsafeMutableRawPointer) -> Int32

    @usableFromInline var step = Step.slow
    /// Whether the handle holds the lock, where the step is slow.
    private var heldSlowly = false
    /// Whether the owner before this handle had died. Cleared by the next acquisition, which is on the slow path.
    private(set) var ownerDied = false
    /// Whether the handle is attached. A detached one belongs to the segment that has the name at the time, which the slow
    /// path finds out.
    private(set) var isAttached = false
    /// The value of the lock's word while this handle holds it.
    @usableFromInline var held: UInt32 = 0
    /// The serial number of the thread that used the handle last: only that one is on the fast path.
    @usableFromInline var thread: UInt64 = 0
    /// The lock's word, or the object that the calls work on.
    @usableFromInline var object: UnsafeMutableRawPointer?
    @usableFromInline var take: Call?
    @usableFromInline var release: Call?
    /// The bound segment's life word; `nil` until the lock is bound.
    @usableFromInline var life: UnsafePointer<Atomic<UInt32>>?
    /// The lock itself, kept alive by the binding; `nil` until it is bound.
    private(set) var lock: Unmanaged<BoundLock>?
    /// The segment's file; no file until it is attached to or its lock is bound. No optional: the zero of one is not `nil`.
    private(set) var segment = FileIdentity.none
    /// The thread for which the steps below are.
    private var follower: UInt64 = 0
    /// The step while the lock is free, and while this handle holds it.
    private var steps = (free: Step.slow, held: Step.slow)

    init() {}

    /// Whether the handle holds the lock.
    var holdsLock: Bool {
        switch step {
        case .wordHeld, .callsHeld: true
        case .wordFree, .callsFree: false
        case .slow: heldSlowly
        }
    }

    /// Whether the word of a lock with a fast path is anything but free: a waiter leaves it to the lock's slow path.
    var isWordTaken: Bool {
        guard case .wordFree = step, let object = unsafe object else { return false }
        return unsafe object.assumingMemoryBound(to: Atomic<UInt32>.self).pointee.load(ordering: .relaxed) != 0
    }

    /// Attaches an unheld lock. The first acquisition is on the slow path.
    mutating func bind(_ lock: BoundLock, of segment: FileIdentity, life: UnsafePointer<Atomic<UInt32>>) {
        unsafe self.life = life
        unsafe self.lock = Unmanaged.passUnretained(lock)
        self.segment = segment
        steps = (.slow, .slow)
        follower = 0
        released()
    }

    /// Knows no lock.
    mutating func unbind() {
        let thread = thread
        self = HotState()
        self.thread = thread
    }

    mutating func attached(to segment: FileIdentity) {
        isAttached = true
        self.segment = segment
    }

    /// The handle is not attached any more; it goes on holding what it holds.
    mutating func detached() {
        heldSlowly = holdsLock
        isAttached = false
        steps = (.slow, .slow)
        follower = 0
        step = .slow
    }

    /// The handle, used by the calling thread, holds the lock now.
    mutating func acquired(ownerDied: Bool) {
        thread = shm_thread_serial()
        // Another thread may have used it before, whose path is another.
        if isAttached, follower != thread, let lock = unsafe lock {
            follow(unsafe lock._withUnsafeGuaranteedRef { $0.fastPath() })
            follower = thread
        }
        self.ownerDied = ownerDied
        // A death is remembered beyond the unlock: neither that nor the next acquisition is on the fast path.
        step = ownerDied ? .slow : steps.held
        heldSlowly = true
    }

    /// The handle does not hold the lock any more.
    mutating func released() {
        heldSlowly = false
        step = ownerDied ? .slow : steps.free
    }

    /// Takes that fast path from now on.
    private mutating func follow(_ path: FastPath) {
        switch path {
        case .none: steps = (.slow, .slow)
        case .word(let word, let held):
            unsafe object = UnsafeMutableRawPointer(word)
            self.held = held
            steps = (.wordFree, .wordHeld)
        case .calls(let calls):
            unsafe object = calls.object
            unsafe take = calls.take
            unsafe release = calls.unlock
            steps = (.callsFree, .callsHeld)
        }
    }
}
