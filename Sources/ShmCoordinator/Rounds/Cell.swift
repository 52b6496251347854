public import ShmCore
public import ShmHarness

/// One lock under one workload. A round measures one cell once.
public struct Cell: Sendable, Hashable {
    /// The lock.
    public var lock: LockKind
    /// Processes that contend.
    public var workers: Int
    /// Length of the delay inside the critical section that was asked for, ns.
    public var criticalSection: Int
    /// Length of the delay between a release and the next attempt that was asked for, ns.
    public var think: Int
    /// Counters that a critical section increments.
    public var counters: Int
    /// How many of a hundred sections only read.
    public var readPercent: Int
    /// Which CPUs workers run on.
    public var pinning: Pinning
    /// Whether acquisitions are scheduled, and how their times are spaced.
    public var spacing: Arrivals.Spacing
    /// In an open loop: acquisitions a second that are due, of all workers together.
    public var rate: Double
    /// The workload's name.
    public var scenario: String

    /// A cell.
    public init(
        lock: LockKind, workers: Int, criticalSection: Int, think: Int, counters: Int, readPercent: Int = 0,
        pinning: Pinning, spacing: Arrivals.Spacing = .closed, rate: Double = 0, scenario: String = "default"
    ) {
        self.lock = lock
        self.workers = workers
        self.criticalSection = criticalSection
        self.think = think
        self.counters = counters
        self.readPercent = readPercent
        self.pinning = pinning
        self.spacing = spacing
        self.rate = rate
        self.scenario = scenario
    }
}
