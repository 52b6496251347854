/// How many turns a block has, and how long they take.
public struct TurnTiming: Sendable {
    /// Pairs of turns whose sections are counted.
    public var pairs = 20
    /// Pairs of turns in which every acquisition is timed.
    public var latencyPairs = 2
    /// Pairs of turns in which the owners are logged.
    public var orderPairs = 2
    /// The time from the start of a turn to that of its window, in which nothing is counted, ns.
    public var warmup = 1_000_000
    /// The length of a turn's window, ns.
    public var window: Int
    /// A turn in which no worker completes a critical section for this time is stuck, ns.
    public var stuckAfter: Int

    /// Takes both times in nanoseconds.
    public init(window: Int = 5_000_000, stuckAfter: Int) {
        (self.window, self.stuckAfter) = (window, stuckAfter)
    }

    /// The least time that a block takes, ns.
    public var total: Int { 2 * (pairs + latencyPairs + orderPairs) * (warmup + window) }
}
