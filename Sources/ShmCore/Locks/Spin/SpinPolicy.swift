public import CShm
public import Glibc

/// What a waiter of a spinlock does between two polls. Each spinlock has one variant per policy.
@_spi(Bench) public protocol SpinPolicy: SendableMetatype {
    /// The suffix of the lock's name.
    static var suffix: String { get }
    /// The value of ``LockProperties/waiting``.
    static var waiting: LockProperties.Waiting { get }
    /// Pauses after `iterations` unsuccessful polls.
    static func rest(after iterations: UInt32)
}

/// Pauses only. With more waiters than CPUs, the next owner waits until each spinning thread has used up its time
/// slice.
@_spi(Bench) public enum Spinning: SpinPolicy {
    /// No suffix.
    public static var suffix: String { "" }
    /// Waiters spin.
    public static var waiting: LockProperties.Waiting { .spins }
    /// One pause.
    @inlinable @inline(__always)
    public static func rest(after iterations: UInt32) { shm_cpu_relax() }
}

/// Pauses, and after 100 polls yields the CPU between two polls, `sched_yield(2)`.
@_spi(Bench) public enum Yielding: SpinPolicy {
    /// The suffix of the lock's name.
    public static var suffix: String { "-yield" }
    /// Waiters spin, then yield.
    public static var waiting: LockProperties.Waiting { .yields }
    /// One pause, or one yield.
    @inlinable @inline(__always)
    public static func rest(after iterations: UInt32) {
        if iterations < 100 { shm_cpu_relax() } else { sched_yield() }
    }
}

@_spi(Bench) extension LockPrimitive where Self: ~Copyable {
    /// Polls with `tryLock()` until a deadline: the only bounded wait for a lock whose queue a waiter cannot leave.
    @inlinable @inline(never)
    borrowing func tryAgain<Policy: SpinPolicy>(until deadline: Deadline, _: Policy.Type) -> LockOutcome {
        var iterations: UInt32 = 0
        while true {
            let outcome = tryLock()
            guard case .busy = outcome else { return outcome }
            // A yield can take milliseconds. A pause takes nanoseconds, and so does reading the clock.
            if iterations % 64 == 0 || iterations > 100, deadline.hasPassed { return .busy }
            Policy.rest(after: iterations)
            iterations &+= 1
        }
    }

    /// Polls a lock whose `tryLock()` is a system call, with pauses that double from 20 µs to 500 µs.
    borrowing func tryAgainSleeping(until deadline: Deadline) -> LockOutcome {
        var pause: Int64 = 20_000
        while true {
            let outcome = tryLock()
            let remaining = deadline.remaining
            if outcome != .busy || remaining == 0 { return outcome }
            usleep(UInt32(min(pause, remaining) / 1000 + 1))
            pause = min(pause * 2, 500_000)
        }
    }
}
