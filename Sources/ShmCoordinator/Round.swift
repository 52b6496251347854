internal import Glibc
@_spi(Bench) internal import ShmCore
public import ShmHarness
internal import Synchronization
internal import SystemPackage

/// One fleet launch: two fresh segments, fresh workers, one measurement.
public struct Round: ~Copyable {
    private let cell: Cell
    private let timing: Timing
    private let program: WorkerProgram
    private let number: Int
    private let segments: RoundSegments
    private let arena: Arena
    private let data: GuardedData
    private var workers: [ChildProcess] = []
    private let interference = Interference()
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
        let segments = try RoundSegments(
            number: number, arenaSize: Arena.byteCount(workers: cell.workers, isTraced: isTraced), lock: cell.lock,
            dataSize: GuardedData.byteCount(counters: cell.counters))
        guard let arena = Arena(segments.arena, workers: cell.workers) else {
            throw .failed("the arena does not fit its segment")
        }
        self.cell = cell
        self.timing = timing
        self.program = program
        self.number = number
        self.isLastTry = isLastTry
        self.segments = segments
        self.arena = arena
        data = unsafe GuardedData(segments.data)
        data.prepare()
        arena.plan = Plan(
            workers: cell.workers, counters: cell.counters, readPercent: cell.readPercent,
            criticalSectionIterations: delays.iterations(for: cell.criticalSection),
            thinkIterations: delays.iterations(for: cell.think), clock: clock,
            arrivals: cell.spacing == .closed
                ? .closed
                : Arrivals(
                    spacing: cell.spacing, meanGapTicks: clock.ticks(1e9 * Double(cell.workers) / cell.rate),
                    seed: seed &+ UInt64(number), sharesCPUs: cell.workers > Machine.current.cpus),
            isTraced: isTraced)
        for (worker, cpu) in cell.pinning.assignment(workers: cell.workers).enumerated() {
            guard let cpu else { continue }
            unsafe arena.slot(worker).pointee.cpuPlusOne.store(UInt32(cpu) + 1, ordering: .relaxed)
        }
    }

    deinit {
        for worker in workers { worker.end() }
    }

    /// Runs the round. Throws when it was interrupted or a worker failed; a stuck round is a result.
    ///
    /// - Parameter look: called every 10 ms while workers contend.
    public mutating func run(look: (borrowing Look) -> Void = { _ in }) throws(RoundFailure) -> RoundResult {
        var result = RoundResult(startedAt: time(nil))
        let started = Clock.now()
        try launch()
        try gather()
        if let early = interference.first {
            result.standstill = early
            return result
        }
        result.startupNanoseconds = Clock.now() - started

        var watchdog = Watchdog(patience: timing.stuckAfter)
        let contentionStart = Clock.now()
        var pulse = FleetPulse(sections())
        func show() { look(Look(phase: arena.phase, sections: sections(), processes: workers.map(\.pid))) }
        arena.enter(.warmup)
        var alive = try warmUp(&watchdog, &pulse, &result, show)
        let times = CPUTimes.now()
        arena.enter(.throughput)
        // Counted from outside at both ends: a worker that waits at the window's end completes its section outside it.
        let contending = (0..<cell.workers).map { worker in
            unsafe arena.slot(worker).pointee.state.load(ordering: .relaxed) == WorkerSlot.State.contending.rawValue
        }
        let windowStart = Clock.now()
        var counts = [sections()]
        pulse.beginWindow(counts[0])
        if alive {
            alive = try watch(for: timing.throughput, &watchdog, &pulse, untilProgress: true) {
                counts.append(sections())
                show()
            }
        }
        counts.append(sections())
        let windowEnd = Clock.now()
        arena.enter(.settle)
        var latencyDuration = 0.0
        result.stolenShare = times.flatMap { earlier in CPUTimes.now()?.stolenShare(since: earlier) }
        for (barrier, phase, length) in [(2, Phase.latency, timing.latency), (3, .order, timing.order)] {
            guard alive && !result.isCutShort else { break }
            result.isCutShort = try !settle(barrier, &watchdog, alive: &alive)
            guard alive && !result.isCutShort else { break }
            arena.enter(phase)
            result.isCutShort = try !awaitEverybody(in: phase, &watchdog, alive: &alive)
            guard alive && !result.isCutShort else { break }
            let phaseStart = Clock.now()
            pulse.beginWindow(sections())
            alive = try watch(for: length, &watchdog, &pulse, untilProgress: true, look: show)
            if phase == .latency {
                arena.enter(.regroup)
                latencyDuration = Double(Clock.now() - phaseStart) / 1e9
            }
        }
        result.ownPauses = pulse.alone
        let pauses = PauseWatch.shared.pauses(since: contentionStart).filter { !pulse.alone.contains($0) }
        if isLastTry && alive && Self.areShort(pauses, in: Clock.now() - contentionStart) {
            result.bornePauses = pauses
        } else {
            result.standstill = Standstill(pauses)
        }
        result.standstill = result.standstill ?? interruption(isStuck: !alive)
        arena.enter(.stop)
        if alive && !result.isCutShort { result.isCutShort = try !awaitEnds(&watchdog, alive: &alive) }

        if result.standstill == nil && !alive {
            result.standstill = interruption(isStuck: true)
        }
        if result.standstill != nil { alive = false } else if !alive { result.whereabouts = whereabouts() }
        if !alive || result.isCutShort { for worker in workers { worker.end() } }
        if alive {
            let mergeStart = Clock.now()
            result.figures = figures(
                window: windowStart..<max(windowEnd, windowStart + 1),
                windows: zip(counts.dropFirst(), counts).map { zip($0, $1).map { $0 - $1 } },
                contending: contending, isComplete: !result.isCutShort)
            result.figures?.latencyDuration = latencyDuration
            result.mergeNanoseconds = Clock.now() - mergeStart
        }
        examine(&result, stuck: !alive)
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

    // MARK: Starting

    private mutating func launch() throws(RoundFailure) {
        workers.reserveCapacity(cell.workers)
        for worker in 0..<cell.workers {
            let arguments = ["contend", ThisRun.starter, "\(number)", "\(worker)", "\(cell.workers)"]
            do {
                workers.append(MemoryKills.prefer(try ChildProcess(program.path, arguments)))
            } catch {
                throw .failed("cannot start worker \(worker + 1) of \(cell.workers): \(MachineWant.reason(error))")
            }
            if Interruption.hasCome { throw .interrupted }
        }
    }

    private func gather() throws(RoundFailure) {
        let patience = Patience.after(.seconds(30))
        var arrived = 0
        while arrived < cell.workers && interference.first == nil {
            arrived = arena.awaitArrivals(cell.workers, until: .after(.milliseconds(50)))
            try check()
            if patience.hasPassed && arrived < cell.workers {
                let missing = whereabouts().first { $0.contains(": absent") } ?? ""
                throw .failed(
                    "\(arrived) of \(cell.workers) workers came to the barrier within 30 s: \(missing)")
            }
        }
    }

    // MARK: Watching

    /// Lets the workers contend until throughput is steady, within the timing's bounds.
    private func warmUp(
        _ watchdog: inout Watchdog, _ pulse: inout FleetPulse, _ result: inout RoundResult, _ show: () -> Void
    ) throws(RoundFailure) -> Bool {
        var steadiness = Steadiness()
        let started = Deadline.now
        steadiness.look(sections().reduce(0, +))
        while true {
            guard
                try watch(for: min(Int(Timing.look), max(1, timing.warmup)), &watchdog, &pulse, look: show)
            else { return false }
            steadiness.look(sections().reduce(0, +))
            result.wasSteady = steadiness.isSteady
            let passed = Deadline.now.nanoseconds - started.nanoseconds
            if passed >= timing.longestWarmup || (passed >= timing.warmup && result.wasSteady) { return true }
        }
    }

    /// Lets the workers contend for a while. Returns `false` as soon as they are stuck.
    ///
    /// - Parameters:
    ///   - untilProgress: whether the while lasts until there is at least one section: on a machine that stood still,
    ///     a window may have none, and would say nothing.
    ///   - look: called every 10 ms.
    private func watch(
        for nanoseconds: Int, _ watchdog: inout Watchdog, _ pulse: inout FleetPulse, untilProgress: Bool = false,
        look: () -> Void = {}
    ) throws(RoundFailure) -> Bool {
        let end = Deadline.after(nanoseconds: Int64(nanoseconds))
        let start = sections()
        while !end.hasPassed || (untilProgress && sections() == start) {
            var pause = timespec()
            pause.tv_nsec = Int(min(max(end.remaining, 100_000), Timing.look))
            unsafe nanosleep(&pause, nil)
            try check(all: false)
            pulse.look(sections())
            if let worker = pulse.nextStill() { lookForFreeze(worker) }
            if isStuck(&watchdog) { return false }
            if !end.hasPassed { look() }
        }
        return true
    }

    /// Waits until all workers have ended, which they do after at most one more critical section. Returns `false`
    /// where that takes too long, though they are not stuck; see ``settle(_:_:alive:)``.
    private func awaitEnds(_ watchdog: inout Watchdog, alive: inout Bool) throws(RoundFailure) -> Bool {
        let patience = Patience.after(nanoseconds: Int64(timing.longestEnd))
        var pause: UInt32 = 50
        while workers.contains(where: \.isRunning) {
            alive = !isStuck(&watchdog)
            if !alive || patience.hasPassed { return false }
            if Interruption.hasCome { throw .interrupted }
            usleep(pause)
            pause = min(pause * 2, 10_000)
        }
        try check()
        return true
    }

    /// Waits until all workers have met at the n-th barrier. Returns `false` where that takes too long, though they are not stuck:
    /// in a queue of many that spin on few CPUs, each needs a turn, and each turn takes time slices of all others.
    private func settle(_ barrier: Int, _ watchdog: inout Watchdog, alive: inout Bool) throws(RoundFailure) -> Bool {
        let patience = Patience.after(nanoseconds: Int64(timing.longestEnd))
        while arena.awaitArrivals(barrier * cell.workers, until: .after(.milliseconds(20))) < barrier * cell.workers {
            try check()
            alive = !isStuck(&watchdog)
            if !alive || patience.hasPassed { return false }
        }
        return true
    }

    /// Waits until all workers run in a window, as ``settle(_:_:alive:)`` does.
    private func awaitEverybody(in phase: Phase, _ watchdog: inout Watchdog, alive: inout Bool) throws(RoundFailure)
        -> Bool
    {
        let patience = Patience.after(nanoseconds: Int64(timing.longestEnd))
        while !arena.isEverybodyIn(phase) {
            try check(all: false)
            alive = !isStuck(&watchdog)
            if !alive || patience.hasPassed { return false }
            usleep(200)
        }
        return true
    }

    /// Whether there is no progress, or none that would count.
    private func isStuck(_ watchdog: inout Watchdog) -> Bool {
        watchdog.isStuck(progress: progress()) || interference.first != nil
    }

    /// Critical sections that each worker has completed so far.
    private func sections() -> [UInt64] {
        (0..<cell.workers).map { unsafe arena.slot($0).pointee.sections.load(ordering: .relaxed) }
    }

    private func progress() -> UInt64 {
        var sum: UInt64 = 0
        for worker in 0..<cell.workers {
            sum &+= unsafe arena.slot(worker).pointee.sections.load(ordering: .relaxed)
            sum &+= UInt64(unsafe arena.slot(worker).pointee.state.load(ordering: .relaxed))
        }
        return sum
    }

    /// Throws when a worker has ended otherwise than in order, or the user wants an end.
    ///
    /// - Parameter all: whether to look at every worker. Each look is a system call, so while many workers are measured,
    ///   a part of them is looked at in turn, by the time of day: each within a fifth of a second for a thousand.
    private func check(all: Bool = true) throws(RoundFailure) {
        if Interruption.hasCome { throw .interrupted }
        let parts = all ? 1 : (workers.count + 63) / 64
        let part = parts > 1 ? Int(Deadline.now.nanoseconds / Timing.look) % parts : 0
        for (index, worker) in workers.enumerated() where index % parts == part {
            if worker.jobSignal() != nil { interference.note(name(index), wasStopped: worker.pid) }
            // Nobody is done before the coordinator has said stop.
            guard let exit = worker.exit, arena.phase < .stop || exit != .code(WorkerExit.done.rawValue) else {
                continue
            }
            if exit == .code(WorkerExit.lock.rawValue) {
                let errno = unsafe arena.slot(index).pointee.errorNumber.load(ordering: .relaxed)
                throw .failed(
                    "the lock \(cell.lock) failed in worker \(index + 1) of \(cell.workers) with errno \(errno)")
            }
            throw .failed("\(name(index)) \(exit.explained)")
        }
    }

    private func name(_ worker: Int) -> String {
        "worker \(worker + 1) of \(cell.workers) (pid \(workers[worker].pid))"
    }

    /// Which worker is where, a line each, for a person who wonders why nothing moves.
    private func whereabouts() -> [String] {
        let owner = data.ownerNow
        return workers.enumerated().map { index, worker in
            let slot = unsafe arena.slot(index)
            let state = WorkerSlot.State(rawValue: unsafe slot.pointee.state.load(ordering: .relaxed)) ?? .absent
            let phase = Phase(rawValue: unsafe slot.pointee.phase.load(ordering: .relaxed)) ?? .stop
            let sections = unsafe slot.pointee.sections.load(ordering: .relaxed)
            let place =
                switch state {
                case .contending where owner == index: "inside the critical section"
                case .contending: "not between the marks of the critical section (it may hold the lock)"
                default: "\(state)"
                }
            return "worker \(index + 1) (pid \(worker.pid)): \(place), phase \(phase), \(sections) sections done, "
                + ProcessState.description(of: worker.pid)
        }
    }

    // MARK: Standing still

    /// A worker without progress may be one that cannot run.
    private func lookForFreeze(_ worker: Int) {
        let process = workers[worker].pid
        guard ProcessState.letter(of: process) != "R", let freeze = ProcessFreeze.description(of: process) else {
            return
        }
        interference.note("\(name(worker)) \(freeze)")
    }

    /// What kept a worker from running, if something did: without progress, each is looked at.
    private func interruption(isStuck: Bool) -> Standstill? {
        if isStuck { for worker in workers.indices.prefix(64) { lookForFreeze(worker) } }
        return interference.first
    }

    /// Whether pauses took less than a tenth of a time.
    private static func areShort(_ pauses: [ProcessPause], in time: UInt64) -> Bool {
        pauses.reduce(0) { $0 + $1.nanoseconds } < time / 10
    }

    // MARK: Reading the arena

    private func examine(_ result: inout RoundResult, stuck: Bool) {
        var expected: UInt64 = 0
        for worker in 0..<cell.workers {
            let slot = unsafe arena.slot(worker)
            let sections = unsafe slot.pointee.sections.load(ordering: .acquiring)
            expected += sections - min(sections, unsafe slot.pointee.reads.load(ordering: .relaxed))
            result.overlaps += unsafe slot.pointee.overlaps.load(ordering: .relaxed)
            result.ownerDeaths += unsafe slot.pointee.ownerDeaths.load(ordering: .relaxed)
        }
        if result.standstill != nil {
            // Two inside at once are two inside, whoever stood still.
            result.integrity = result.overlaps == 0 ? .ok : .failed
        } else if stuck {
            result.integrity = .stuck
        } else {
            // Workers that were ended between a section and its count leave the counters ahead, and so does one that was
            // ended inside.
            result.lostUpdates = data.lostUpdates(
                expected: expected, counters: cell.counters,
                surplus: result.isCutShort ? UInt64(cell.workers) * Contention.longestBurst + 1 : 0)
            result.integrity = result.lostUpdates == 0 && result.overlaps == 0 ? .ok : .failed
        }
    }

    /// - Parameters:
    ///   - contending: which workers took part when the window began.
    ///   - isComplete: whether all workers have given account of all their windows.
    private func figures(window: Range<UInt64>, windows: [[UInt64]], contending: [Bool], isComplete: Bool)
        -> RoundResult.Figures
    {
        let length = window.upperBound - window.lowerBound
        var figures = RoundResult.Figures(
            duration: Double(length) / 1e9, windows: windows, userSeconds: 0, systemSeconds: 0,
            voluntarySwitches: 0, involuntarySwitches: 0, minorFaults: 0, heapBytes: 0, residentKilobytes: 0,
            longestAcquisition: 0)
        var sums = Dictionary(
            uniqueKeysWithValues: Arena.Timed.allCases.map {
                ($0, [UInt64](repeating: 0, count: $0.geometry.cellCount))
            })
        var (waits, cycles, instructions, misses) = (Sum(), Sum(), Sum(), Sum())
        var common = window
        for worker in 0..<cell.workers {
            let slot = unsafe arena.slot(worker)
            figures.userSeconds += Double(unsafe slot.pointee.userMicroseconds.load(ordering: .relaxed)) / 1e6
            figures.systemSeconds += Double(unsafe slot.pointee.systemMicroseconds.load(ordering: .relaxed)) / 1e6
            figures.voluntarySwitches += unsafe slot.pointee.voluntarySwitches.load(ordering: .relaxed)
            figures.involuntarySwitches += unsafe slot.pointee.involuntarySwitches.load(ordering: .relaxed)
            figures.minorFaults += unsafe slot.pointee.minorFaults.load(ordering: .relaxed)
            figures.heapBytes += unsafe slot.pointee.heapBytes.load(ordering: .relaxed)
            figures.residentKilobytes = max(
                figures.residentKilobytes, unsafe slot.pointee.residentKilobytes.load(ordering: .relaxed))
            figures.longestAcquisition = max(
                figures.longestAcquisition, unsafe slot.pointee.longestAcquisition.load(ordering: .relaxed))
            figures.arrivalsDue += unsafe slot.pointee.arrivalsDue.load(ordering: .relaxed)
            figures.arrivalsDone += unsafe slot.pointee.arrivalsDone.load(ordering: .relaxed)
            figures.backlogAge = max(
                figures.backlogAge, unsafe slot.pointee.backlogAge.load(ordering: .relaxed))
            figures.clockAnomalies += unsafe slot.pointee.clockAnomalies.load(ordering: .relaxed)
            if unsafe slot.pointee.heapCounterWorks.load(ordering: .relaxed) == 0 { figures.heapCounterWorks = false }
            waits.add(unsafe slot.pointee.runQueueWait.load(ordering: .relaxed))
            cycles.add(unsafe slot.pointee.cycles.load(ordering: .relaxed))
            instructions.add(unsafe slot.pointee.instructions.load(ordering: .relaxed))
            misses.add(unsafe slot.pointee.cacheMisses.load(ordering: .relaxed))
            common = common.clamped(to: presence(of: worker, in: window, from: contending[worker]))
            if isComplete {
                for timed in Arena.Timed.allCases { arena.histogram(timed, worker).add(to: &sums[timed, default: []]) }
                arena.forget(worker)
            }
        }
        figures.runQueueWaitSeconds = waits.value.map { Double($0) / 1e9 }
        (figures.cycles, figures.instructions, figures.cacheMisses) = (cycles.value, instructions.value, misses.value)
        func nanoseconds(_ tenths: UInt64) -> Double? { tenths > 0 ? Double(tenths) / 10 : nil }
        let first = unsafe arena.slot(0)
        figures.sectionDelay = nanoseconds(unsafe first.pointee.sectionDelayTenths.load(ordering: .relaxed))
        figures.thinkDelay = nanoseconds(unsafe first.pointee.thinkDelayTenths.load(ordering: .relaxed))
        figures.overlap = Double(common.upperBound - common.lowerBound) / Double(length)
        if isComplete {
            figures.histograms = sums
            figures.owners = arena.log.owners()
            let clock = arena.plan.clock
            figures.events = (0..<cell.workers).compactMap { worker in
                arena.recorder(worker)?.events().map { event in
                    var event = event
                    event.time = clock.nanoseconds(event.time)
                    return event
                }
            }
        }
        return figures
    }

    /// The part of a window in which a worker is known to have taken part: from its begin, if it contended then (it may wait
    /// for the lock since the warm-up), or from when it first ran in it; to its end, or to when it left.
    private func presence(of worker: Int, in window: Range<UInt64>, from begin: Bool) -> Range<UInt64> {
        let slot = unsafe arena.slot(worker)
        let entered = begin ? window.lowerBound : unsafe slot.pointee.windowEntered.load(ordering: .relaxed)
        let left = unsafe slot.pointee.windowLeft.load(ordering: .relaxed)
        let start = min(max(entered == 0 ? window.upperBound : entered, window.lowerBound), window.upperBound)
        return start..<max(start, min(left == 0 ? window.upperBound : left, window.upperBound))
    }
}

/// A sum of what some may not know.
private struct Sum {
    private(set) var value: UInt64? = 0

    mutating func add(_ part: UInt64) {
        value = part == WorkerSlot.unknown ? nil : value.map { $0 &+ part }
    }
}
