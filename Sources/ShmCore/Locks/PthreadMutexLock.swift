public import Glibc
internal import Synchronization

/// glibc's process-shared mutex of the default type (`PTHREAD_MUTEX_TIMED_NP`, not robust).
///
/// Source: `pthread_mutexattr_setpshared(3)`, POSIX.1-2024. Memory ordering: POSIX's "memory synchronization" (XBD
/// 4.15); in glibc an acquire compare-exchange and a release exchange on one futex word. Owner death: the mutex stays
/// taken and every other process waits for ever.
@safe public struct PthreadMutexLock: PthreadMutexPrimitive, ~Copyable {
    /// The mutex in this process's mapping.
    public let mutex: UnsafeMutablePointer<pthread_mutex_t>

    /// See ``LockPrimitive/properties``.
    public static var properties: LockProperties {
        LockProperties(
            name: "pthread-mutex", family: .pthread, ownerDeath: .hangs, summary: "glibc's process-shared mutex")
    }

    /// None.
    public static var attributes: PthreadMutexAttributes { [] }

    /// `pthread_mutex_lock(3)` itself, which may wait: it is 4 to 12 % cheaper than `pthread_mutex_trylock(3)`, and
    /// ``retire()`` ends its wait.
    public var fastPath: FastPath { unsafe PthreadMutex.fastPath(mutex, take: pthread_mutex_lock) }

    /// Frees the mutex, whoever holds it, and wakes all who wait. One of them gets it, finds the segment dead and
    /// releases it, which wakes the next.
    public borrowing func retire() {
        // glibc: 0 free, 1 held, 2 held with possible sleepers. The futex word is the mutex's first member, which is
        // part of the ABI (statically initialised mutexes hold it).
        let word = unsafe UnsafeMutableRawPointer(mutex).assumingMemoryBound(to: Atomic<UInt32>.self)
        unsafe word.pointee.store(0, ordering: .releasing)
        unsafe Futex.wake(word, count: .max)
    }

    /// Takes part in a mutex.
    public init(mutex: UnsafeMutablePointer<pthread_mutex_t>) { unsafe self.mutex = mutex }
}

extension LockKind {
    /// glibc's process-shared mutex.
    public static let pthreadMutex = LockKind(PthreadMutexLock.self)
}
