/// When a worker's acquisitions begin.
public struct Arrivals: Sendable, Equatable {
    /// How the times of an open loop are spaced.
    public enum Spacing: UInt32, Sendable {
        /// There is no schedule: as soon as the worker has released and thought.
        case closed = 0
        /// At random: the time to the next arrival is exponential, so all workers' together are a Poisson process.
        case poisson = 1
        /// Evenly, each worker from a random point on.
        case uniform = 2
    }

    /// A closed loop.
    public static let closed = Arrivals(spacing: .closed, meanGapTicks: 0, seed: 0, sharesCPUs: false)

    /// How arrivals are spaced.
    public let spacing: Spacing
    /// Mean time between two arrivals of one worker, ticks of the plan's clock.
    public let meanGapTicks: Double
    /// What the random times follow from, beside the worker's number.
    public let seed: UInt64
    /// Whether workers share CPUs: they then sleep until their next arrival, and spin otherwise.
    public let sharesCPUs: Bool

    /// Arrivals.
    public init(spacing: Spacing, meanGapTicks: Double, seed: UInt64, sharesCPUs: Bool) {
        self.spacing = spacing
        self.meanGapTicks = meanGapTicks
        self.seed = seed
        self.sharesCPUs = sharesCPUs
    }
}
