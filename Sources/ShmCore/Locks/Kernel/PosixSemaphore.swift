internal import CShm
public import Glibc
internal import SystemPackage

/// What POSIX semaphores that serve as locks have in common: one that is 1 while free.
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

    /// Whether that is a semaphore that processes share: glibc aborts on what it does not know, so memory that somebody
    /// scribbled over must not reach it.
    static func isIntact(_ semaphore: UnsafeMutablePointer<sem_t>) -> Bool {
        var fresh = sem_t()
        unsafe sem_init(&fresh, 1, 1)
        // Behind the value and the number of waiters lies what kind it is.
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
