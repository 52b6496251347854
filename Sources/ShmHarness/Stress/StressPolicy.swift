/// The ways in which the workers of a stress test may take the lock.
public enum StressPolicy: UInt32, Sendable {
    /// Every way that the lock offers, at random.
    case any = 0
    /// `lock` only.
    case lock = 1
    /// `tryLock` only.
    case tries = 2
    /// `lock(until:)` only.
    case timedWaits = 3
    /// Read-only sections only.
    case reads = 4
}
