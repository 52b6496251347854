@_spi(Bench) internal import ShmCore
internal import ShmHarness

/// Leads the workers of a round from phase to phase. If they get stuck, or take too long, the remaining phases are
/// skipped.
struct RoundPhases {
    /// Whether the workers were never found stuck, or stopped by another program.
    var isAlive = true
    /// Whether they took too long for the end of a window.
    var isCutShort = false

    let scene: RoundScene
    let timing: Timing
    private let begun = Clock.now()
    var watchdog: Watchdog
    var pulse: FleetPulse
    private var barriers = 1

    /// Starts with workers that have all arrived at the barrier.
    init(_ scene: RoundScene, _ timing: Timing) {
        self.scene = scene
        self.timing = timing
        watchdog = Watchdog(patience: timing.stuckAfter)
        pulse = FleetPulse(scene.sections())
    }

    private var goesOn: Bool { isAlive && !isCutShort }

    /// Lets the workers contend until throughput is steady, within the limits of the timing; returns whether it was.
    mutating func warmUp(_ show: () -> Void) throws(RoundFailure) -> Bool {
        scene.arena.enter(.warmup)
        var steadiness = Steadiness()
        var wasSteady = true
        let started = Deadline.now
        steadiness.look(scene.sections().reduce(0, +))
        while true {
            try watch(for: min(Int(Timing.look), max(1, timing.warmup)), look: show)
            if !isAlive { return wasSteady }
            steadiness.look(scene.sections().reduce(0, +))
            wasSteady = steadiness.isSteady
            let passed = Deadline.now.nanoseconds - started.nanoseconds
            if passed >= timing.longestWarmup || (passed >= timing.warmup && wasSteady) { return wasSteady }
        }
    }

    /// Lets the workers contend while their sections are counted.
    mutating func throughput(_ show: () -> Void) throws(RoundFailure) -> RoundWindow {
        let (scene, times) = (scene, CPUTimes.now())
        scene.arena.enter(.throughput)
        var window = RoundWindow(scene)
        pulse.beginWindow(window.counts[0])
        if isAlive {
            try watch(for: timing.throughput, untilProgress: true) {
                window.count(scene.sections())
                show()
            }
        }
        window.end(scene.sections())
        scene.arena.enter(.settle)
        window.stolenShare = times.flatMap { earlier in CPUTimes.now()?.stolenShare(since: earlier) }
        return window
    }

    /// Lets the workers contend in a window that begins when all are inside; returns its length, in s.
    mutating func timed(_ phase: Phase, _ length: Int, _ show: () -> Void) throws(RoundFailure) -> Double {
        barriers += 1
        if goesOn { try settle(barriers) }
        guard goesOn else { return 0 }
        scene.arena.enter(phase)
        try awaitEverybody(in: phase)
        guard goesOn else { return 0 }
        let start = Clock.now()
        pulse.beginWindow(scene.sections())
        try watch(for: length, untilProgress: true, look: show)
        if phase == .latency { scene.arena.enter(.regroup) }
        return Double(Clock.now() - start) / 1e9
    }

    /// Records the pauses meanwhile: of the coordinator alone, or of all processes.
    ///
    /// - Parameter bearsShort: whether short pauses of all processes are accepted.
    func judgePauses(_ result: inout RoundResult, bearsShort: Bool) {
        result.ownPauses = pulse.alone
        let pauses = PauseWatch.shared.pauses(since: begun).filter { !pulse.alone.contains($0) }
        let areShort = pauses.reduce(0) { $0 + $1.nanoseconds } < (Clock.now() - begun) / 10
        if bearsShort && isAlive && areShort {
            result.bornePauses = pauses
        } else {
            result.standstill = Standstill(pauses)
        }
        result.standstill = result.standstill ?? scene.interruption(isStuck: !isAlive)
    }

    /// Lets the workers exit, and waits for their exits.
    mutating func stop(_ result: inout RoundResult) throws(RoundFailure) {
        scene.arena.enter(.stop)
        try scene.endBackground()
        if result.standstill == nil { result.standstill = scene.background.disturbance }
        if goesOn { try awaitEnds() }
        if result.standstill == nil && !isAlive { result.standstill = scene.interruption(isStuck: true) }
        if result.standstill != nil {
            isAlive = false
        } else if !isAlive {
            result.whereabouts = scene.whereabouts()
        }
    }
}
