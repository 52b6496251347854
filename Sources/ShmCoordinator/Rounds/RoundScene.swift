@_spi(Bench) internal import ShmCore
internal import ShmHarness
internal import Synchronization

/// Two fresh segments and the workers of a round.
final class RoundScene {
    let cell: Cell
    let arena: Arena
    let data: GuardedData
    let fleet: Fleet
    /// The busy loops.
    let background: Fleet
    /// The class of critical sections of each worker, an index into ``SectionShares/classes``; empty if all are equal.
    let sectionClasses: [Int]
    /// Removes the segments with its last reference.
    private let segments: AnyObject

    /// Creates the segments and writes the plan. The segments are removed with the last reference.
    ///
    /// - Parameter number: unique within this process.
    convenience init(_ cell: Cell, _ plan: Plan, number: Int, program: WorkerProgram) throws(RoundFailure) {
        let segments = try RoundSegments(
            number: number, arenaSize: Arena.byteCount(workers: cell.workers, isTraced: plan.isTraced), lock: cell.lock,
            dataSize: GuardedData.byteCount(counters: cell.counters, lines: cell.load.touchedLines))
        try self.init(
            cell, plan, number: number, program: program, arena: segments.arena,
            data: unsafe GuardedData(segments.data), keeping: segments)
    }

    /// Writes the plan into an arena.
    ///
    /// - Parameters:
    ///   - number: the number in the key of the arena.
    ///   - segments: keeps the segments in existence.
    init(
        _ cell: Cell, _ plan: Plan, number: Int, program: WorkerProgram, arena segment: SharedMemory,
        data: GuardedData, keeping segments: AnyObject
    ) throws(RoundFailure) {
        guard let arena = Arena(segment, workers: cell.workers) else {
            throw .failed("the arena does not fit its segment")
        }
        self.segments = segments
        self.cell = cell
        self.arena = arena
        self.data = data
        data.prepare()
        fleet = Fleet(
            program, number: number, places: cell.workers, naming: .init(role: "worker", total: cell.workers))
        background = Fleet(
            program, number: number, places: cell.busyLoops, naming: .init(role: "busy loop", total: cell.busyLoops))
        arena.plan = plan
        let cpus = cell.pinning.assignment(workers: cell.workers)
        sectionClasses = cell.sectionShares?.assignment(cpus: cpus) ?? []
        for (worker, cpu) in cpus.enumerated() {
            guard let cpu else { continue }
            unsafe arena.slot(worker).pointee.cpuPlusOne.store(UInt32(cpu) + 1, ordering: .relaxed)
        }
    }

    /// Tells the workers the lengths of their critical sections, and which of them measure these.
    func assignSections(_ delays: Delay.Speed) {
        guard let shares = cell.sectionShares else {
            unsafe arena.slot(0).pointee.measuresSection.store(1, ordering: .relaxed)
            return
        }
        for (worker, index) in sectionClasses.enumerated() {
            unsafe arena.slot(worker).pointee.sectionIterationsPlusOne.store(
                delays.iterations(for: shares.classes[index].busy) + 1, ordering: .relaxed)
            unsafe arena.slot(worker).pointee.measuresSection.store(
                sectionClasses.firstIndex(of: index) == worker ? 1 : 0, ordering: .relaxed)
        }
    }

    /// The workers end before their segments are removed.
    deinit {
        fleet.end()
        background.end()
    }

    // MARK: Starting

    /// Starts all workers.
    ///
    /// - Parameter task: the worker program's first argument.
    func start(_ task: String = "contend") throws(RoundFailure) {
        for worker in 0..<cell.workers {
            try fleet.start(worker, task: task, calling: fleet.name(worker))
            if Interruption.hasCome { throw .interrupted }
        }
    }

    /// Waits until all workers have arrived at the barrier, or one was disturbed.
    func gather() throws(RoundFailure) {
        var arrived = 0
        let hasCome = try Patience.after(.seconds(30)).wait(
            unless: { () throws(RoundFailure) in
                try check()
                return disturbance != nil
            },
            rest: { arrived = arena.awaitArrivals(cell.workers, until: .after(.milliseconds(50))) },
            until: { arrived >= cell.workers })
        if hasCome { return try check() }
        if disturbance != nil { return }
        let missing = whereabouts().first { $0.contains(": absent") } ?? ""
        throw .failed("\(arrived) of \(counted(cell.workers, "worker")) arrived at the barrier within 30 s: \(missing)")
    }

    // MARK: Progress

    /// Critical sections that each worker has completed so far.
    func sections() -> [UInt64] {
        (0..<cell.workers).map { unsafe arena.slot($0).pointee.sections.load(ordering: .relaxed) }
    }

    /// A number that changes with every section, and with every state of a worker.
    func progress() -> UInt64 {
        var sum: UInt64 = 0
        for worker in 0..<cell.workers {
            sum &+= unsafe arena.slot(worker).pointee.sections.load(ordering: .relaxed)
            sum &+= UInt64(unsafe arena.slot(worker).pointee.state.load(ordering: .relaxed))
        }
        return sum
    }

    /// Which workers are past the barrier and have not finished.
    func contending() -> [Bool] {
        (0..<cell.workers).map { worker in
            unsafe arena.slot(worker).pointee.state.load(ordering: .relaxed) == WorkerSlot.State.contending.rawValue
        }
    }
}
