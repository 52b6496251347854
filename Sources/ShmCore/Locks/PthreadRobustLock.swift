public import Glibc
public import SystemPackage

/// glibc's robust process-shared mutex.
///
/// Source: `pthread_mutexattr_setrobust(3)`; the kernel's side is described in `get_robust_list(2)`. glibc links the
/// mutex into the thread's robust list on every lock and unlinks it on every unlock, which is what it costs over
/// ``PthreadMutexLock``.
///
/// Memory ordering: as ``PthreadMutexLock``. Owner death: the kernel walks the dead thread's list, marks the word and
/// wakes one waiter, which gets ``LockOutcome/ownerDied``; the mutex is made consistent at once, so exactly one next
/// owner is told. The list's links lie *in the shared mutex*: a process that scribbles over them can crash an owner.
/// Unlocking must happen on the thread that locked.
@safe public struct PthreadRobustLock: LockPrimitive, ~Copyable {
    @usableFromInline let mutex: UnsafeMutablePointer<pthread_mutex_t>

    /// See ``LockPrimitive/properties``.
    public static var properties: LockProperties {
        LockProperties(
            name: "pthread-robust", family: .pthread, ownerDeath: .reported,
            summary: "glibc's robust process-shared mutex")
    }

    /// One `pthread_mutex_t`.
    public static func bytesNeeded(participants: Int) -> Int { unsafe MemoryLayout<pthread_mutex_t>.size }

    /// `pthread_mutex_init(3)` with `PTHREAD_PROCESS_SHARED` and `PTHREAD_MUTEX_ROBUST`.
    public static func initialise(_ area: UnsafeMutableRawPointer, participants: Int) throws(Errno) {
        try unsafe PthreadMutex.initialise(area, robust: true)
    }

    /// Binds to the mutex at the area's start.
    public init(_ binding: borrowing LockBinding) {
        unsafe mutex = binding.area.assumingMemoryBound(to: pthread_mutex_t.self)
    }

    /// glibc's functions themselves.
    public var fastPath: FastPath { unsafe .calls(PthreadMutex.fastCalls(mutex)) }

    /// Repairs a mutex whose owner died.
    public borrowing func settle(_ failure: Int32) -> LockOutcome { unsafe PthreadMutex.settle(mutex, failure) }

    /// `pthread_mutex_lock(3)`.
    @inlinable
    public borrowing func lock() -> LockOutcome {
        let failure = unsafe pthread_mutex_lock(mutex)
        return failure == 0 ? .acquired : unsafe PthreadMutex.settle(mutex, failure)
    }

    /// `pthread_mutex_trylock(3)`.
    @inlinable
    public borrowing func tryLock() -> LockOutcome {
        let failure = unsafe pthread_mutex_trylock(mutex)
        return failure == 0 ? .acquired : unsafe PthreadMutex.settle(mutex, failure)
    }

    /// `pthread_mutex_clocklock(3)` on `CLOCK_MONOTONIC`.
    public borrowing func lock(until deadline: Deadline) -> LockOutcome {
        unsafe PthreadMutex.lock(mutex, until: deadline)
    }

    /// `pthread_mutex_unlock(3)`.
    @inlinable
    public borrowing func unlock() {
        unsafe pthread_mutex_unlock(mutex)
    }
}

extension LockKind {
    /// glibc's robust process-shared mutex.
    public static let pthreadRobust = LockKind(PthreadRobustLock.self)
}
