internal import CShm
public import Glibc
internal import SystemPackage

/// A POSIX semaphore as a lock: its value is 1 while the lock is free.
///
/// Source: `sem_overview(7)`. Memory ordering: POSIX's "memory synchronization" (XBD 4.15); in glibc an acquire
/// compare-exchange and a release addition. Owner death: the semaphore stays taken and every other process waits for
/// ever. Any process may release it.
@_spi(Bench) public protocol PosixSemaphorePrimitive: LockPrimitive, ~Copyable {
    /// The semaphore in this process's memory.
    var semaphore: UnsafeMutablePointer<sem_t> { get }
}

@_spi(Bench) extension PosixSemaphorePrimitive where Self: ~Copyable {
    /// `sem_wait(3)`.
    @inlinable @inline(__always)
    public borrowing func lock() -> LockOutcome {
        unsafe sem_wait(semaphore) == 0 ? .acquired : waitAgain()
    }

    /// `sem_trywait(3)`.
    @inlinable @inline(__always)
    public borrowing func tryLock() -> LockOutcome {
        unsafe sem_trywait(semaphore) == 0 ? .acquired : refusal()
    }

    /// `sem_clockwait(3)` on `CLOCK_MONOTONIC`.
    public borrowing func lock(until deadline: Deadline) -> LockOutcome {
        while true {
            switch unsafe -shm_semaphore_wait_until(semaphore, deadline.nanoseconds) {
            case 0: return .acquired
            case EINTR: continue
            case ETIMEDOUT: return .busy
            case let failure: return .failed(Errno(rawValue: failure))
            }
        }
    }

    /// `sem_post(3)`.
    @inlinable @inline(__always)
    public borrowing func unlock() { unsafe sem_post(semaphore) }

    /// Whether the memory holds a process-shared semaphore. glibc aborts the process on an unknown kind, so a semaphore
    /// that was overwritten must not reach glibc.
    static func isIntact(_ semaphore: UnsafeMutablePointer<sem_t>) -> Bool {
        var fresh = sem_t()
        unsafe sem_init(&fresh, 1, 1)
        // The semaphore's kind follows its value and its number of waiters.
        return unsafe withUnsafeBytes(of: &fresh) {
            unsafe memcmp(UnsafeRawPointer(semaphore) + 8, $0.baseAddress.unsafelyUnwrapped + 8, 4) == 0
        }
    }

    @usableFromInline @inline(never)
    borrowing func waitAgain() -> LockOutcome {
        while errno == EINTR {
            if unsafe sem_wait(semaphore) == 0 { return .acquired }
        }
        return .failed(Errno(rawValue: errno))
    }

    @usableFromInline @inline(never)
    borrowing func refusal() -> LockOutcome {
        errno == EAGAIN || errno == EINTR ? .busy : .failed(Errno(rawValue: errno))
    }
}
