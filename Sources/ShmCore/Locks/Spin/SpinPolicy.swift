public import CShm
public import Glibc

/// What a waiter of a spinning lock does between two looks. Each spinning lock comes in one variant a policy.
@_spi(Bench) public protocol SpinPolicy: SendableMetatype {
    /// What the lock's name ends with.
    static var suffix: String { get }
    /// What a waiter does, as users are told.
    static var waiting: LockProperties.Waiting { get }
    /// Passes a moment after so many looks in vain.
    static func rest(after looks: UInt32)
}

/// Nothing but pauses. With more waiters than CPUs, whoever is to have the lock next waits for a time slice of each of
/// those that spin.
@_spi(Bench) public enum Spinning: SpinPolicy {
    /// None.
    public static var suffix: String { "" }
    /// It spins.
    public static var waiting: LockProperties.Waiting { .spins }
    /// One pause.
    @inlinable @inline(__always)
    public static func rest(after looks: UInt32) { shm_cpu_relax() }
}

/// Pauses, and from the hundredth look on gives up the CPU between looks, `sched_yield(2)`.
@_spi(Bench) public enum Yielding: SpinPolicy {
    /// What the lock's name ends with.
    public static var suffix: String { "-yield" }
    /// It yields.
    public static var waiting: LockProperties.Waiting { .yields }
    /// One pause, or one yield.
    @inlinable @inline(__always)
    public static func rest(after looks: UInt32) {
        if looks < 100 { shm_cpu_relax() } else { sched_yield() }
    }
}

@_spi(Bench) extension LockPrimitive where Self: ~Copyable {
    /// Tries again and again until a deadline: all that a waiter can do which cannot leave its lock's queue.
    @inlinable @inline(never)
    borrowing func tryAgain<Policy: SpinPolicy>(until deadline: Deadline, _: Policy.Type) -> LockOutcome {
        var looks: UInt32 = 0
        while true {
            let outcome = tryLock()
            guard case .busy = outcome else { return outcome }
            // A yield can take milliseconds, a pause takes nanoseconds, and so does a look at the clock.
            if looks % 64 == 0 || looks > 100, deadline.hasPassed { return .busy }
            Policy.rest(after: looks)
            looks &+= 1
        }
    }

    /// The same for what costs a system call: pauses that double from 20 µs to 500 µs.
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
