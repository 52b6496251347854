/// When a worker's acquisitions begin.
public struct Arrivals: Sendable, Equatable {
    /// How the arrivals of an open loop are spaced.
    public enum Spacing: UInt32, Sendable {
        /// Closed loop, no schedule: the next acquisition begins when the worker has released the lock and its think
        /// time is over.
        case closed = 0
        /// Exponential gaps: the arrivals of all workers together form a Poisson process.
        case poisson = 1
        /// Constant gaps, with a random offset per worker.
        case uniform = 2
        /// Bursts at constant gaps, common to all workers: the acquisitions of a burst are due at one time.
        case burst = 3
    }

    /// A closed loop.
    public static let closed = Arrivals(spacing: .closed, meanGapTicks: 0, seed: 0, sharesCPUs: false)

    /// How arrivals are spaced.
    public let spacing: Spacing
    /// The number of workers, over which the acquisitions of a burst are dealt out in turn.
    public let workers: UInt32
    /// Mean time between two arrivals of one worker, in ticks of the plan's clock.
    public let meanGapTicks: Double
    /// Seed of the random gaps; each worker combines it with its number.
    public let seed: UInt64
    /// Whether workers share CPUs. If so, they sleep until the next arrival; otherwise they spin.
    public let sharesCPUs: Bool
    /// Acquisitions of a burst, of all workers together; 1 without bursts.
    public let burst: UInt16

    /// Creates a description of arrivals.
    public init(
        spacing: Spacing, meanGapTicks: Double, seed: UInt64, sharesCPUs: Bool, workers: Int = 1, burst: Int = 1
    ) {
        self.workers = UInt32(workers)
        self.burst = UInt16(max(1, burst))
        self.spacing = spacing
        self.meanGapTicks = meanGapTicks
        self.seed = seed
        self.sharesCPUs = sharesCPUs
    }
}
