public import ShmHarness

/// What a lock is measured under: the parameters of a workload, and a number of workers.
public struct Load: Sendable, Hashable {
    /// The workload's name.
    public var scenario = "default"
    /// Processes that contend.
    public var workers = 1
    /// Length of the busy time inside the critical section that was asked for, ns; the mean of ``sectionShares``.
    public var criticalSection = 0
    /// Busy times that differ between the workers; `nil` if all workers have ``criticalSection``.
    public var sectionShares: SectionShares?
    /// Length of the busy time between a release and the next attempt that was asked for, ns.
    public var think = 0
    /// Counters that a critical section increments.
    public var counters = 4
    /// Bytes of shared memory that a critical section touches beside the counters, one word per cache line.
    public var touch = 0
    /// Processes that use CPU time during the round and do not take part in it.
    public var busyLoops = 0
    /// Whether acquisitions are scheduled, and how their times are spaced.
    public var spacing = Arrivals.Spacing.closed
    /// Acquisitions a second that are due in an open loop, of all workers together; 0 in a closed loop.
    public var rate = 0.0
    /// Acquisitions that are due at once, of all workers together; 0 without bursts.
    public var burst = 0
    /// Which CPUs workers run on.
    public var pinning = Pinning.spread
    /// Percentage of read-only critical sections.
    public var readPercent = 0

    /// A closed loop without busy times.
    public init() {}

    /// A closed loop.
    ///
    /// - Parameters:
    ///   - criticalSection: busy time inside the critical section, ns.
    ///   - think: busy time between a release and the next attempt, ns.
    public init(workers: Int, criticalSection: Int = 0, think: Int = 0, pinning: Pinning = .spread) {
        self.workers = workers
        self.criticalSection = criticalSection
        self.think = think
        self.pinning = pinning
    }

    /// Cache lines that a critical section touches.
    var touchedLines: Int { touch / GuardedData.lineSize }

    /// The longest busy time inside a critical section, ns.
    public var longestSection: Int { sectionShares?.longest ?? criticalSection }

    /// Whether acquisitions are due at times of a schedule.
    public var isOpen: Bool { spacing != .closed }
}
