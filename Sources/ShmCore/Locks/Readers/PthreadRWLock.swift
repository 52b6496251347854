internal import CShm
public import Glibc
public import SystemPackage

/// glibc's process-shared reader-writer lock; ``lock()`` takes it exclusively.
///
/// Source: `pthread_rwlock_init(3)`, `pthread_rwlockattr_setkind_np(3)`: glibc's default kind prefers readers.
///
/// Memory ordering: POSIX's "memory synchronization" (XBD 4.15). Owner death: a dead writer, and a dead *reader*, hold
/// the lock for ever. So does a reader that dies while it waits for a writer, because it counts itself among the
/// readers before it waits.
@_spi(Bench) @safe public struct PthreadRWLock: LockPrimitive, ~Copyable {
    @usableFromInline let lockPointer: UnsafeMutablePointer<pthread_rwlock_t>

    /// See ``LockPrimitive/properties``.
    public static var properties: LockProperties {
        LockProperties(
            name: "pthread-rwlock", family: .pthread, ownerDeath: .hangs, sharesReaders: true,
            onePIDNamespace: true, detectsRelock: true, survivesWaiterDeath: false,
            summary: "glibc's reader-writer lock")
    }

    /// One `pthread_rwlock_t`.
    public static func bytesNeeded(participants: Int) -> Int { MemoryLayout<pthread_rwlock_t>.size }

    /// `pthread_rwlock_init(3)`, process-shared.
    public static func initialise(_ area: UnsafeMutableRawPointer, participants: Int) throws(Errno) {
        try SystemCall.check(unsafe shm_rwlock_init(area))
    }

    /// Binds to the lock at the area's start.
    public init(_ binding: borrowing LockBinding) {
        unsafe lockPointer = binding.area.assumingMemoryBound(to: pthread_rwlock_t.self)
    }

    /// `pthread_rwlock_wrlock(3)`.
    @inlinable
    public borrowing func lock() -> LockOutcome { Self.outcome(unsafe pthread_rwlock_wrlock(lockPointer)) }

    /// `pthread_rwlock_trywrlock(3)`.
    @inlinable
    public borrowing func tryLock() -> LockOutcome { Self.outcome(unsafe pthread_rwlock_trywrlock(lockPointer)) }

    /// `pthread_rwlock_clockwrlock(3)` on `CLOCK_MONOTONIC`.
    public borrowing func lock(until deadline: Deadline) -> LockOutcome {
        Self.outcome(unsafe -shm_rwlock_write_until(lockPointer, deadline.nanoseconds))
    }

    /// `pthread_rwlock_unlock(3)`.
    @inlinable
    public borrowing func unlock() { unsafe pthread_rwlock_unlock(lockPointer) }

    /// `pthread_rwlock_rdlock(3)`.
    @inlinable
    public borrowing func beginRead(_ begun: inout UInt64) -> LockOutcome {
        Self.outcome(unsafe pthread_rwlock_rdlock(lockPointer))
    }

    /// `pthread_rwlock_unlock(3)`.
    @inlinable
    public borrowing func endRead(_: UInt64) -> Bool {
        unsafe pthread_rwlock_unlock(lockPointer)
        return true
    }

    @inlinable @inline(__always)
    static func outcome(_ failure: Int32) -> LockOutcome {
        switch failure {
        case 0: .acquired
        case EBUSY, ETIMEDOUT: .busy
        default: .failed(Errno(rawValue: failure))
        }
    }
}

extension LockKind {
    /// glibc's reader-writer lock.
    public static let pthreadRWLock = LockKind(PthreadRWLock.self)
}
