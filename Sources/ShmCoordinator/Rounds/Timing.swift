/// The lengths of a round's parts, in nanoseconds.
public struct Timing: Sendable {
    /// Contending before anything is counted, at least.
    public var warmup: Int
    /// The same at most: the warm-up lasts until throughput is steady.
    public var longestWarmup: Int { 4 * warmup }
    /// The window in which acquisitions are counted and no clock is read.
    public var throughput: Int
    /// The window in which every acquisition is timed.
    public var latency: Int
    /// The window in which it is logged who holds the lock.
    public var order: Int
    /// A round in which no worker completes a critical section for so long is stuck.
    public var stuckAfter: Int
    /// Workers that make progress, but take longer to end a window, are ended. More than ``stuckAfter``, so that those
    /// without progress are told apart.
    var longestEnd: Int { stuckAfter + stuckAfter / 4 }

    /// How often a round is looked at, and its sections counted: the windows of windowed fairness.
    static var look: Int64 { 10_000_000 }

    /// A round's timing.
    public init(warmup: Int, throughput: Int, latency: Int, order: Int = 1_000_000, stuckAfter: Int) {
        self.warmup = warmup
        self.throughput = throughput
        self.latency = latency
        self.order = order
        self.stuckAfter = stuckAfter
    }

    /// What a round takes at least.
    public var total: Int { warmup + throughput + latency + order }
}
