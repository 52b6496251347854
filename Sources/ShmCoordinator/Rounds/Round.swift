internal import Glibc
public import ShmHarness

/// One fleet launch: two fresh segments, fresh workers, one measurement.
public struct Round: ~Copyable {
    private let scene: RoundScene
    private let timing: Timing
    private let isLastTry: Bool

    /// Makes the round's segments. They go with this value.
    ///
    /// - Parameters:
    ///   - number: unique within this process.
    ///   - delays: from ``Delay/calibrate()``.
    ///   - clock: what times acquisitions.
    ///   - seed: what random arrivals follow from.
    ///   - isTraced: whether the order window is recorded, event by event.
    ///   - isLastTry: whether short pauses are borne, since those before had some too.
    public init(
        _ cell: Cell, _ timing: Timing, number: Int, program: WorkerProgram, delays: Delay.Speed,
        clock: TickClock = .monotonic, seed: UInt64 = 0, isTraced: Bool = false, isLastTry: Bool = false
    ) throws(RoundFailure) {
        let plan = Plan(cell, delays, clock, seed: seed &+ UInt64(number), isTraced: isTraced)
        scene = try RoundScene(cell, plan, number: number, program: program)
        self.timing = timing
        self.isLastTry = isLastTry
    }

    /// Runs the round. Throws when it was interrupted or a worker failed; a stuck round is a result.
    ///
    /// - Parameter look: called every 10 ms while workers contend.
    public mutating func run(look: (borrowing Look) -> Void = { _ in }) throws(RoundFailure) -> RoundResult {
        var result = RoundResult(startedAt: time(nil))
        let started = Clock.now()
        try scene.start()
        try scene.gather()
        result.standstill = scene.fleet.disturbance
        if result.standstill != nil { return result }
        result.startupNanoseconds = Clock.now() - started

        func show() {
            look(Look(phase: scene.arena.phase, sections: scene.sections(), processes: scene.fleet.pids))
        }
        var phases = RoundPhases(scene, timing)
        result.wasSteady = try phases.warmUp(show)
        let window = try phases.throughput(show)
        let latencyDuration = try phases.timed(.latency, timing.latency, show)
        _ = try phases.timed(.order, timing.order, show)
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

    /// What a person may want to see of a round that goes on.
    public struct Look: ~Copyable {
        /// What the workers do.
        public let phase: Phase
        /// Critical sections that each worker has completed so far.
        public let sections: [UInt64]
        /// The workers.
        public let processes: [Int32]
    }
}
