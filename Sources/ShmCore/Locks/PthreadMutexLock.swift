internal import CShm
public import Glibc
public import SystemPackage

/// glibc's process-shared mutex of the default type (`PTHREAD_MUTEX_TIMED_NP`, not robust).
///
/// Source: `pthread_mutexattr_setpshared(3)`, POSIX.1-2024. Memory ordering: POSIX's "memory synchronization" (XBD
/// 4.15); in glibc an acquire compare-exchange and a release exchange on one futex word. Owner death: the mutex stays
/// taken and every other process waits for ever. Unlocking must happen on the thread that locked.
@safe public struct PthreadMutexLock: LockPrimitive, ~Copyable {
    @usableFromInline let mutex: UnsafeMutablePointer<pthread_mutex_t>

    /// See ``LockPrimitive/properties``.
    public static var properties: LockProperties {
        LockProperties(
            name: "pthread-mutex", family: .pthread, ownerDeath: .hangs, summary: "glibc's process-shared mutex")
    }

    /// One `pthread_mutex_t`.
    public static func bytesNeeded(participants: Int) -> Int { unsafe MemoryLayout<pthread_mutex_t>.size }

    /// `pthread_mutex_init(3)` with `PTHREAD_PROCESS_SHARED`.
    public static func initialise(_ area: UnsafeMutableRawPointer, participants: Int) throws(Errno) {
        try unsafe PthreadMutex.initialise(area, robust: false)
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
    /// glibc's process-shared mutex.
    public static let pthreadMutex = LockKind(PthreadMutexLock.self)
}
