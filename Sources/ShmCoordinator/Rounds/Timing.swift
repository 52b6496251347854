/// The durations of a round's phases, in nanoseconds.
public struct Timing: Sendable {
    /// Minimum duration of the warm-up, in which nothing is counted.
    public var warmup: Int
    /// Maximum duration of the warm-up, which lasts until throughput is steady.
    public var longestWarmup: Int { 4 * warmup }
    /// Duration of the window in which acquisitions are counted and no clock is read.
    public var throughput: Int
    /// Duration of the window in which every acquisition is timed; 0 leaves it out.
    public var latency: Int
    /// Duration of the window in which the owners are logged; 0 leaves it out.
    public var order: Int
    /// A round in which no worker completes a critical section for this time is stuck.
    public var stuckAfter: Int
    /// Workers that make progress but take longer to end a window are killed. It is longer than ``stuckAfter``, so that
    /// workers without progress are recognised as such.
    var longestEnd: Int { stuckAfter + stuckAfter / 4 }

    /// Time between two observations of a round, which count its sections: the length of the windows of windowed
    /// fairness.
    static var look: Int64 { 10_000_000 }

    /// Takes all durations in nanoseconds; ``longestWarmup`` follows from `warmup`.
    public init(warmup: Int, throughput: Int, latency: Int, order: Int = 1_000_000, stuckAfter: Int) {
        self.warmup = warmup
        self.throughput = throughput
        self.latency = latency
        self.order = order
        self.stuckAfter = stuckAfter
    }

    /// Minimum duration of a round.
    public var total: Int { warmup + throughput + latency + order }
}
