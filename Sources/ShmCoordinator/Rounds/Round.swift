internal import Glibc
public import ShmHarness

/// One measurement of a cell, with two fresh segments and fresh workers.
public struct Round: ~Copyable {
    private let scene: RoundScene
    private let timing: Timing
    private let isLastTry: Bool

    /// Creates the round's segments. They are removed with this value.
    ///
    /// - Parameters:
    ///   - number: unique within this process.
    ///   - delays: from ``Delay/calibrate()``.
    ///   - clock: the clock that times acquisitions.
    ///   - seed: the seed of random arrivals.
    ///   - isTraced: whether the workers record the events of the order window.
    ///   - isLastTry: whether short pauses are accepted, since the earlier tries had some, too.
    public init(
        _ cell: Cell, _ timing: Timing, number: Int, program: WorkerProgram, delays: Delay.Speed,
        clock: TickClock = .monotonic, seed: UInt64 = 0, isTraced: Bool = false, isLastTry: Bool = false
    ) throws(RoundFailure) {
        let plan = Plan(cell, delays, clock, seed: seed &+ UInt64(number), isTraced: isTraced)
        scene = try RoundScene(cell, plan, number: number, program: program)
        scene.assignSections(delays)
        self.timing = timing
        self.isLastTry = isLastTry
    }

    /// Runs the round. Throws if it was interrupted or a worker failed; a stuck round is a result.
    ///
    /// - Parameter look: called every 10 ms while workers contend.
    public mutating func run(look: (borrowing Look) -> Void = { _ in }) throws(RoundFailure) -> RoundResult {
        var result = RoundResult(startedAt: time(nil))
        let started = Clock.now()
        try scene.start()
        try scene.gather()
        result.standstill = scene.disturbance
        if result.standstill != nil { return result }
        result.startupNanoseconds = Clock.now() - started
        try scene.startBackground()
        result.standstill = scene.disturbance
        if result.standstill != nil { return result }

        func show() {
            look(Look(phase: scene.arena.phase, sections: scene.sections(), processes: scene.fleet.pids))
        }
        var phases = RoundPhases(scene, timing)
        result.wasSteady = try phases.warmUp(show)
        let window = try phases.throughput(show)
        let latencyDuration = timing.latency > 0 ? try phases.timed(.latency, timing.latency, show) : 0
        if timing.order > 0 { _ = try phases.timed(.order, timing.order, show) }
        phases.judgePauses(&result, bearsShort: isLastTry)
        try phases.stop(&result)
        (result.isCutShort, result.stolenShare) = (phases.isCutShort, window.stolenShare)

        if !phases.isAlive || phases.isCutShort { scene.fleet.end() }
        if phases.isAlive {
            let mergeStart = Clock.now()
            result.figures = scene.figures(window, isComplete: !phases.isCutShort)
            result.figures?.latencyDuration = latencyDuration
            result.mergeNanoseconds = Clock.now() - mergeStart
        }
        scene.examine(&result, isStuck: !phases.isAlive)
        return result
    }

    /// A snapshot of a round in progress, for display.
    public struct Look: ~Copyable {
        /// The current phase.
        public let phase: Phase
        /// Critical sections that each worker has completed so far.
        public let sections: [UInt64]
        /// The workers' process ids.
        public let processes: [Int32]
    }
}
