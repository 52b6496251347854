/// What every worker of a round does. The coordinator writes it into the arena before it starts the workers.
///
/// It is a trivial value of fixed layout. Both programs are built from this source; ``ToolVersion`` detects programs
/// that do not match.
public struct Plan: Sendable {
    /// Workers in the round.
    public var workers: UInt32
    /// Counters that one critical section increments; 1 to ``GuardedData/counterLimit``.
    public var counters: UInt32
    /// Percentage of read-only critical sections; 0 to 100.
    public var readPercent: UInt32
    /// Cache lines that one critical section increments beside the counters; 0 to ``GuardedData/lineLimit``.
    public var touchedLines: UInt32
    /// Iterations of ``Delay/spin(_:)`` inside the critical section; ``WorkerSlot/sectionIterationsPlusOne`` may replace it.
    public var criticalSectionIterations: UInt64
    /// Iterations of ``Delay/spin(_:)`` between a release and the next acquisition.
    public var thinkIterations: UInt64
    /// The clock that times acquisitions.
    public var clock: TickClock
    /// The schedule of acquisitions.
    public var arrivals: Arrivals
    /// Whether the workers record the events of the order window.
    public var isTraced: Bool

    /// Creates a plan; times of delays are in iterations of the delay loop (``Delay``).
    public init(
        workers: Int, counters: Int, touchedLines: Int = 0, readPercent: Int = 0, criticalSectionIterations: UInt64,
        thinkIterations: UInt64,
        clock: TickClock = .monotonic, arrivals: Arrivals = .closed, isTraced: Bool = false
    ) {
        self.workers = UInt32(workers)
        self.counters = UInt32(counters)
        self.touchedLines = UInt32(touchedLines)
        self.readPercent = UInt32(readPercent)
        self.criticalSectionIterations = criticalSectionIterations
        self.thinkIterations = thinkIterations
        self.clock = clock
        self.arrivals = arrivals
        self.isTraced = isTraced
    }
}
