/// What every worker of a round does. Written into the arena by the coordinator before it starts them.
///
/// A plain value of fixed layout; both programs are built from this source, and ``ToolVersion`` tells when they are
/// not.
public struct Plan: Sendable {
    /// Workers in the round.
    public var workers: UInt32
    /// Counters that one critical section increments, 1 to ``GuardedData/counterLimit``.
    public var counters: UInt32
    /// How many of a hundred sections only read, 0 to 100.
    public var readPercent: UInt32
    /// Iterations of ``Delay/spin(_:)`` inside the critical section.
    public var criticalSectionIterations: UInt64
    /// Iterations of ``Delay/spin(_:)`` between a release and the next attempt.
    public var thinkIterations: UInt64
    /// What times acquisitions.
    public var clock: TickClock
    /// When acquisitions begin.
    public var arrivals: Arrivals
    /// Whether the order window is recorded, event by event.
    public var isTraced: Bool

    /// A plan.
    public init(
        workers: Int, counters: Int, readPercent: Int = 0, criticalSectionIterations: UInt64, thinkIterations: UInt64,
        clock: TickClock = .monotonic, arrivals: Arrivals = .closed, isTraced: Bool = false
    ) {
        self.workers = UInt32(workers)
        self.counters = UInt32(counters)
        self.readPercent = UInt32(readPercent)
        self.criticalSectionIterations = criticalSectionIterations
        self.thinkIterations = thinkIterations
        self.clock = clock
        self.arrivals = arrivals
        self.isTraced = isTraced
    }
}
