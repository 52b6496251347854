internal import Glibc
internal import ShmCore
internal import ShmHarness
internal import Synchronization
internal import SystemPackage

/// One fleet launch: two fresh segments, fresh workers, one measurement.
public struct Round: ~Copyable {
    private let cell: Cell
    private let timing: Timing
    private let program: WorkerProgram
    private let keys: RoundKeys
    private let number: Int
    private let arenaSegment: SharedMemory
    private let testSegment: SharedMemory
    private let arena: Arena
    private let data: GuardedData
    private var workers: [ChildProcess] = []

    /// Makes the round's segments. They go with this value.
    ///
    /// - Parameters:
    ///   - number: unique within this process.
    ///   - iterationsPerNanosecond: from ``Delay/calibrate()``.
    public init(
        _ cell: Cell, _ timing: Timing, number: Int, program: WorkerProgram, iterationsPerNanosecond: Double
    ) throws(RoundFailure) {
        self.cell = cell
        self.timing = timing
        self.program = program
        self.number = number
        keys = RoundKeys(coordinator: getpid(), round: number)
        arenaSegment = SharedMemory(key: keys.arena)
        testSegment = SharedMemory(key: keys.test)
        let address: UnsafeMutableRawPointer?
        do throws(SharedMemoryError) {
            try arenaSegment.create(size: Arena.byteCount(workers: cell.workers), lock: .none)
            try testSegment.create(size: GuardedData.byteCount(counters: cell.counters), lock: cell.lock)
            try arenaSegment.attach()
            try testSegment.attach()
            unsafe address = testSegment.mutableData?.baseAddress
        } catch {
            Self.remove(arenaSegment, testSegment)
            throw .failed(error.description)
        }
        guard let arena = Arena(arenaSegment, workers: cell.workers), let address = unsafe address else {
            Self.remove(arenaSegment, testSegment)
            throw .failed("the arena does not fit its segment")
        }
        self.arena = arena
        data = unsafe GuardedData(address)
        data.prepare()
        arena.plan = Plan(
            workers: cell.workers, counters: cell.counters, readPercent: cell.readPercent,
            criticalSectionIterations: UInt64(Double(cell.criticalSection) * iterationsPerNanosecond),
            thinkIterations: UInt64(Double(cell.think) * iterationsPerNanosecond))
        for (worker, cpu) in cell.pinning.assignment(workers: cell.workers).enumerated() {
            guard let cpu else { continue }
            unsafe arena.slot(worker).pointee.cpuPlusOne.store(UInt32(cpu) + 1, ordering: .relaxed)
        }
    }

    deinit {
        for worker in workers { worker.end() }
        Self.remove(arenaSegment, testSegment)
    }

    private static func remove(_ segments: SharedMemory...) {
        for segment in segments {
            if segment.isValid { try? segment.detach() }
            if segment.exists { try? segment.destroy(mode: .forceNoWait) }
        }
    }

    /// Runs the round. Throws when it was interrupted or a worker failed; a stuck round is a result.
    public mutating func run() throws(RoundFailure) -> RoundResult {
        var result = RoundResult(startedAt: time(nil))
        let started = Clock.now()
        try launch()
        try gather()
        result.startupNanoseconds = Clock.now() - started

        var watchdog = Watchdog(patience: timing.stuckAfter)
        arena.enter(.warmup)
        var alive = try watch(for: timing.warmup, &watchdog)
        arena.enter(.throughput)
        // Counted from outside at both ends: a worker that waits at the window's end completes its section outside it.
        let windowStart = Clock.now()
        var counts = [sections()]
        if alive {
            alive = try watch(for: timing.throughput, &watchdog, untilProgress: true) { counts.append(sections()) }
        }
        counts.append(sections())
        let windowEnd = Clock.now()
        arena.enter(.settle)
        if alive {
            result.isCutShort = try !settle(&watchdog, alive: &alive)
            if alive && !result.isCutShort {
                arena.enter(.latency)
                alive = try watch(for: timing.latency, &watchdog, untilProgress: true)
            }
        }
        arena.enter(.stop)
        if alive && !result.isCutShort { result.isCutShort = try !awaitEnds(&watchdog, alive: &alive) }

        if !alive { result.whereabouts = whereabouts() }
        if !alive || result.isCutShort { for worker in workers { worker.end() } }
        if alive {
            result.figures = figures(
                duration: Double(windowEnd - windowStart) / 1e9,
                windows: zip(counts.dropFirst(), counts).map { zip($0, $1).map { $0 - $1 } })
        }
        examine(&result, stuck: !alive)
        return result
    }

    // MARK: Starting

    private mutating func launch() throws(RoundFailure) {
        workers.reserveCapacity(cell.workers)
        for worker in 0..<cell.workers {
            let arguments = ["contend", "\(getpid())", "\(number)", "\(worker)", "\(cell.workers)"]
            do {
                workers.append(try ChildProcess(program.path, arguments))
            } catch {
                throw .failed(
                    "cannot start worker \(worker + 1) of \(cell.workers): \(error.description); "
                        + "ask for fewer --workers, or raise `ulimit -u`")
            }
            if Interruption.hasCome { throw .interrupted }
        }
    }

    private func gather() throws(RoundFailure) {
        let patience = Deadline.after(.seconds(30))
        var arrived = 0
        while arrived < cell.workers {
            arrived = arena.awaitArrivals(cell.workers, until: .after(.milliseconds(50)))
            try check()
            if patience.hasPassed && arrived < cell.workers {
                let missing = whereabouts().first { $0.contains(": absent") } ?? ""
                throw .failed(
                    "\(arrived) of \(cell.workers) workers came to the barrier within 30 s; the machine is overloaded, or "
                        + "one hangs: \(missing)")
            }
        }
    }

    // MARK: Watching

    /// Lets the workers contend for a while. Returns `false` as soon as they are stuck.
    ///
    /// - Parameters:
    ///   - untilProgress: whether the while lasts until there is at least one section: on a machine that stood still,
    ///     a window may have none, and would say nothing.
    ///   - look: called every 10 ms.
    private func watch(
        for nanoseconds: Int, _ watchdog: inout Watchdog, untilProgress: Bool = false, look: () -> Void = {}
    ) throws(RoundFailure) -> Bool {
        let end = Deadline.after(nanoseconds: Int64(nanoseconds))
        let start = sections()
        while !end.hasPassed || (untilProgress && sections() == start) {
            var pause = timespec()
            pause.tv_nsec = Int(min(max(end.remaining, 100_000), Timing.look))
            unsafe nanosleep(&pause, nil)
            try check()
            if watchdog.isStuck(progress: progress()) { return false }
            if !end.hasPassed { look() }
        }
        return true
    }

    /// Waits until all workers have ended, which they do after at most one more critical section. Returns `false`
    /// where that takes too long, though they are not stuck; see ``settle(_:alive:)``.
    private func awaitEnds(_ watchdog: inout Watchdog, alive: inout Bool) throws(RoundFailure) -> Bool {
        let patience = Deadline.after(nanoseconds: Int64(timing.stuckAfter))
        var pause: UInt32 = 50
        while workers.contains(where: \.isRunning) {
            alive = !watchdog.isStuck(progress: progress())
            if !alive || patience.hasPassed { return false }
            if Interruption.hasCome { throw .interrupted }
            usleep(pause)
            pause = min(pause * 2, 10_000)
        }
        try check()
        return true
    }

    /// Waits until all workers have met once more. Returns `false` where that takes too long, though they are not stuck:
    /// in a queue of many that spin on few CPUs, each needs a turn, and each turn takes time slices of all others.
    private func settle(_ watchdog: inout Watchdog, alive: inout Bool) throws(RoundFailure) -> Bool {
        let patience = Deadline.after(nanoseconds: Int64(timing.stuckAfter))
        while arena.awaitArrivals(2 * cell.workers, until: .after(.milliseconds(20))) < 2 * cell.workers {
            try check()
            alive = !watchdog.isStuck(progress: progress())
            if !alive || patience.hasPassed { return false }
        }
        return true
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
    private func check() throws(RoundFailure) {
        if Interruption.hasCome { throw .interrupted }
        for (index, worker) in workers.enumerated() where !worker.isRunning {
            // Nobody is done before the coordinator has said stop.
            guard let exit = worker.exit, arena.phase < .stop || exit != .code(WorkerExit.done.rawValue) else {
                continue
            }
            if exit == .code(WorkerExit.lock.rawValue) {
                let errno = unsafe arena.slot(index).pointee.errorNumber.load(ordering: .relaxed)
                throw .failed(
                    "the lock \(cell.lock) failed in worker \(index + 1) of \(cell.workers) with errno \(errno)")
            }
            throw .failed("worker \(index + 1) of \(cell.workers) (pid \(worker.pid)) \(exit.description)")
        }
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
        if stuck {
            result.integrity = .stuck
        } else {
            // Workers that were ended between a section and its count leave the counters ahead, and so does one that was
            // ended inside.
            result.lostUpdates = data.lostUpdates(
                expected: expected, counters: cell.counters,
                surplus: result.isCutShort ? UInt64(cell.workers) + 1 : 0)
            result.integrity = result.lostUpdates == 0 && result.overlaps == 0 ? .ok : .failed
        }
    }

    private func figures(duration: Double, windows: [[UInt64]]) -> RoundResult.Figures {
        var figures = RoundResult.Figures(
            duration: duration, windows: windows, userSeconds: 0, systemSeconds: 0, voluntarySwitches: 0,
            involuntarySwitches: 0, minorFaults: 0, heapBytes: 0, residentKilobytes: 0, latencies: [],
            longestAcquisition: 0)
        var counts: [UInt64: UInt64] = [:]
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
            arena.latency(worker).forEachCell { counts[$0, default: 0] += UInt64($1) }
        }
        figures.latencies = counts.sorted { $0.key < $1.key }.map { (nanoseconds: $0.key, count: $0.value) }
        return figures
    }
}
