/// Which ways to the lock the workers of a stress test may take.
public enum StressPolicy: UInt32, Sendable {
    /// All that the lock offers, at random.
    case any = 0
    /// `lock` alone.
    case lock = 1
    /// `tryLock` alone.
    case tries = 2
    /// `lock(until:)` alone.
    case timedWaits = 3
    /// Read-only sections alone.
    case reads = 4
}
