internal import CBench
internal import Glibc
internal import ShmCore
internal import ShmHarness
internal import Synchronization

/// Two fresh segments, and workers that are killed and replaced.
final class StressScene {
    let lock: LockKind
    /// The number of workers that contend; there are slots for twice as many.
    let workers: Int
    let arena: StressArena
    let data: StressData
    let fleet: Fleet
    var keys: RoundKeys { segments.keys }

    /// Whether its workers carry out orders, and rest.
    var canRest: Bool { task == Self.usualTask }

    private let task: String
    /// The CPU of each worker; empty if the scheduler decides.
    private let cpus: [Int?]
    private static let usualTask = "stress"
    private let segments: RoundSegments
    private let canary: SegmentCanary
    /// The id of the last order.
    var lastOrder: UInt32 = 0

    /// Creates the segments and starts the workers. They are removed with the last reference.
    ///
    /// - Parameters:
    ///   - number: unique within this process.
    ///   - task: the task of the workers, which is the worker program's first argument.
    ///   - cpus: the CPU of each worker; empty if the scheduler decides.
    init(
        _ lock: LockKind, workers: Int, program: WorkerProgram, number: Int, task: String = "stress", cpus: [Int?] = []
    ) throws(RoundFailure) {
        self.lock = lock
        self.workers = workers
        self.task = task
        self.cpus = cpus
        segments = try RoundSegments(
            number: number, arenaSize: StressArena.byteCount(workers: 2 * workers), lock: lock,
            dataSize: StressData.byteCount)
        guard let arena = StressArena(segments.arena, workers: 2 * workers) else {
            throw .failed("the arena does not fit its segment")
        }
        self.arena = arena
        data = unsafe StressData(segments.data)
        data.prepare()
        canary = try segments.canary()
        fleet = Fleet(program, number: number, places: 2 * workers, naming: .init(role: "worker", total: nil))
        for worker in 0..<workers { try start(worker) }
        try awaitContending(workers)
    }

    /// The workers end before their segments are removed.
    deinit {
        arena.isOver = true
        fleet.end()
    }

    /// A write outside the lock's area, in words; `nil` if there was none.
    var damage: String? { canary.damage }

    // MARK: Workers

    /// Starts a process in a worker's slot, which must be vacant.
    func start(_ worker: Int) throws(RoundFailure) {
        let slot = unsafe arena.slot(worker)
        unsafe slot.pointee.state.store(StressSlot.State.absent.rawValue, ordering: .relaxed)
        unsafe slot.pointee.request.store(0, ordering: .relaxed)
        unsafe slot.pointee.process.store(0, ordering: .relaxed)
        unsafe slot.pointee.incarnation.add(1, ordering: .releasing)
        // glibc aborts owners of some of its mutexes after a death, with a line on stderr each time.
        try fleet.start(worker, task: task, calling: "a worker", isMute: !lock.properties.survivesOwnerDeath)
        if !cpus.isEmpty, let cpu = cpus[worker % cpus.count], let process = process(worker) {
            _ = bench_pin_process(process.pid, Int32(cpu))
        }
    }

    /// Slots that have a process.
    var live: [Int] { fleet.live }

    /// The process in a worker's slot.
    func process(_ worker: Int) -> ChildProcess? { fleet.process(worker) }

    func state(_ worker: Int) -> StressSlot.State {
        StressSlot.State(rawValue: unsafe arena.slot(worker).pointee.state.load(ordering: .acquiring)) ?? .absent
    }

    /// Workers that have bound to the lock, and have not ended.
    var contending: [Int] {
        live.filter { worker in
            let state = state(worker)
            return state != .absent && state != .done && state != .failed
        }
    }

    /// Announces the kill of the process in a worker's slot, so that its successors do not take it for a live owner.
    /// Comes before the signal.
    func announceKill(of worker: Int) {
        let slot = unsafe arena.slot(worker)
        unsafe slot.pointee.killedIncarnation.store(
            slot.pointee.incarnation.load(ordering: .relaxed), ordering: .releasing)
    }

    /// Kills workers, all of them before any is reaped; returns the time of the first signal, and how long the reaping
    /// of each took, in ns.
    func kill(_ workers: [Int]) -> (at: UInt64, reaping: [UInt64]) {
        for worker in workers { announceKill(of: worker) }
        return fleet.kill(workers)
    }
}
