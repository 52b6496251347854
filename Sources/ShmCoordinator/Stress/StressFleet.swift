internal import Glibc
@_spi(Bench) internal import ShmCore
internal import ShmHarness
internal import Synchronization
internal import SystemPackage

/// Two fresh segments, and workers on them that are killed and replaced.
final class StressFleet {
    let lock: LockKind
    /// Workers that contend; there are places for as many again.
    let workers: Int
    let arena: StressArena
    let data: StressData
    var keys: RoundKeys { segments.keys }

    /// Whether its workers take orders, and rest.
    var canRest: Bool { task == Self.usualTask }

    private let program: WorkerProgram
    private let number: Int
    private let task: String
    private static let usualTask = "stress"
    private let segments: RoundSegments
    private let canary: SegmentCanary
    private var processes: [ChildProcess?]
    private var lastOrder: UInt32 = 0
    let disturbance = FleetDisturbance()

    /// Makes the segments and starts the workers. They go with the last reference.
    ///
    /// - Parameters:
    ///   - number: unique within this process.
    ///   - task: what the workers do: the worker program's first argument.
    init(_ lock: LockKind, workers: Int, program: WorkerProgram, number: Int, task: String = "stress")
        throws(RoundFailure)
    {
        self.lock = lock
        self.workers = workers
        self.program = program
        self.number = number
        self.task = task
        processes = [ChildProcess?](repeating: nil, count: 2 * workers)
        segments = try RoundSegments(
            number: number, arenaSize: StressArena.byteCount(workers: 2 * workers), lock: lock,
            dataSize: StressData.byteCount)
        guard let arena = StressArena(segments.arena, workers: 2 * workers) else {
            throw .failed("the arena does not fit its segment")
        }
        self.arena = arena
        data = unsafe StressData(segments.data)
        data.prepare()
        do throws(SharedMemoryError) { canary = try SegmentCanary(segments.test) } catch {
            throw .failed(error.description)
        }
        for worker in 0..<workers { try start(worker) }
        try awaitContending(workers)
    }

    deinit {
        arena.isOver = true
        for process in processes { process?.end() }
    }

    // MARK: Processes

    /// Starts a process in a worker's place, which has none now.
    func start(_ worker: Int) throws(RoundFailure) {
        let slot = unsafe arena.slot(worker)
        unsafe slot.pointee.state.store(StressSlot.State.absent.rawValue, ordering: .relaxed)
        unsafe slot.pointee.request.store(0, ordering: .relaxed)
        unsafe slot.pointee.process.store(0, ordering: .relaxed)
        unsafe slot.pointee.incarnation.add(1, ordering: .releasing)
        do {
            let process = try ChildProcess(
                program.path, [task, ThisRun.starter, "\(number)", "\(worker)", "\(2 * workers)"],
                // glibc aborts owners of some of its mutexes after a death, with a line each time.
                isMute: !lock.properties.survivesOwnerDeath)
            processes[worker] = MemoryKills.prefer(process)
        } catch {
            throw .failed("cannot start a worker: \(MachineWant.reason(error))")
        }
    }

    /// The process in a worker's place.
    func process(_ worker: Int) -> ChildProcess? { processes[worker] }

    /// Places that have a process.
    var live: [Int] { processes.indices.filter { processes[$0] != nil } }

    /// Says of a process that it is to be killed, so that nobody takes it for a live owner.
    func condemn(_ worker: Int) {
        let slot = unsafe arena.slot(worker)
        unsafe slot.pointee.condemned.store(slot.pointee.incarnation.load(ordering: .relaxed), ordering: .releasing)
    }

    /// Kills processes, all before any is reaped; returns when the first signal was sent, and how long it took until
    /// each was reaped, ns.
    func kill(_ workers: [Int]) -> (at: UInt64, reaping: [UInt64]) {
        for worker in workers { condemn(worker) }
        let at = Clock.now()
        for worker in workers { processes[worker]?.send(SIGKILL) }
        return (at, workers.map { reap($0) - at })
    }

    /// Waits for a killed process's end; returns when that was.
    @discardableResult
    func reap(_ worker: Int) -> UInt64 {
        processes[worker]?.awaitExit()
        processes[worker] = nil
        return Clock.now()
    }

    /// Waits until so many workers contend.
    func awaitContending(_ count: Int, within patience: Duration = .seconds(20)) throws(RoundFailure) {
        let deadline = Patience.after(patience)
        var pause = Pause()
        while contending.count < count {
            if let end = unexpectedEnd() { throw .failed(end) }
            if Interruption.hasCome { throw .interrupted }
            if deadline.hasPassed {
                let missing = live.first { !contending.contains($0) }.map { ": \(whereabouts($0))" } ?? ""
                throw .failed("\(contending.count) of \(count) workers came within \(patience)\(missing)")
            }
            pause.take()
        }
    }

    /// Workers that have come so far.
    var contending: [Int] {
        live.filter { worker in
            let state = state(worker)
            return state != .absent && state != .done && state != .failed
        }
    }

    func state(_ worker: Int) -> StressSlot.State {
        StressSlot.State(rawValue: unsafe arena.slot(worker).pointee.state.load(ordering: .acquiring)) ?? .absent
    }

    /// A process that has ended though nobody killed it, in words.
    func unexpectedEnd() -> String? {
        for worker in live where processes[worker]?.isRunning == false {
            guard let exit = processes[worker]?.exit else { continue }
            let state = state(worker)
            if state == .done && exit == .code(WorkerExit.done.rawValue) { continue }
            if state == .failed {
                let errno = unsafe arena.slot(worker).pointee.errorNumber.load(ordering: .relaxed)
                return "the lock failed in worker \(worker + 1) with errno \(errno)"
            }
            return "worker \(worker + 1) \(exit.explained)"
        }
        return nil
    }

    // MARK: Orders

    /// Lets the next owner stay inside; returns who that is, or `nil` where nobody got the lock in time.
    ///
    /// - Parameter asking: called when the order is given.
    func hold(_ order: (UInt32) -> StressOrder, within patience: Int, asking: () -> Void = {})
        throws(RoundFailure) -> Holder?
    {
        lastOrder += 1
        let order = order(lastOrder)
        arena.give(order)
        asking()
        let deadline = Patience.after(nanoseconds: Int64(patience))
        var pause = Pause()
        while true {
            if let worker = arena.taker(of: order) {
                // It is on its way to the place.
                while state(worker) != .holding && !deadline.hasPassed { pause.take() }
                return Holder(worker: worker, order: order)
            }
            if deadline.hasPassed || unexpectedEnd() != nil {
                if arena.withdraw(order) { return nil }
                // Somebody has taken it this moment.
                usleep(1000)
                return arena.taker(of: order).map { Holder(worker: $0, order: order) }
            }
            if Interruption.hasCome { throw .interrupted }
            pause.take()
        }
    }

    /// Who stays inside, by which order.
    struct Holder {
        let worker: Int
        let order: StressOrder
    }

    /// Workers that wait for the lock, once there are some, but for the holder; none where nobody comes to wait in a while.
    func waiters(but holder: Int, atLeast count: Int = 1) -> [Int] {
        let deadline = Deadline.after(.milliseconds(20))
        var pause = Pause()
        while true {
            let now = Clock.now()
            let found = live.filter { worker in
                guard worker != holder, state(worker) == .waiting else { return false }
                // It may have called lock and not come to the wait.
                return now &- (unsafe arena.slot(worker).pointee.waitingSince.load(ordering: .relaxed)) > 100_000
            }
            if found.count >= count || deadline.hasPassed { return found }
            pause.take()
        }
    }

    /// Waits for the first acquisition after a mark; returns when that was, or `nil` where none came in time.
    func awaitSight(of mark: UInt64, within patience: Int) throws(RoundFailure) -> UInt64? {
        let deadline = Patience.after(nanoseconds: Int64(patience))
        var pause = Pause()
        while true {
            let seen = data.seen
            if seen.mark == mark { return seen.time }
            if deadline.hasPassed || unexpectedEnd() != nil { return nil }
            if Interruption.hasCome { throw .interrupted }
            pause.take()
        }
    }

    /// Waits until every worker that takes part has completed a section from now on; returns who has not in time.
    func awaitProgress(within patience: Int) throws(RoundFailure) -> [Int] {
        let deadline = Patience.after(nanoseconds: Int64(patience))
        let everyone = contending
        let before = everyone.map(finished)
        var pause = Pause()
        while true {
            let late = zip(everyone, before).filter { finished($0) == $1 && processes[$0] != nil }.map(\.0)
            if late.isEmpty || deadline.hasPassed || unexpectedEnd() != nil { return late }
            if Interruption.hasCome { throw .interrupted }
            pause.take()
        }
    }

    /// Lets the lock pass from waiter to waiter without anybody's coming anew, until all rest: a wake-up that was forgotten
    /// is not made good by somebody's next unlock. Returns who still waits when the time is up, in words.
    func drain(within patience: Int) throws(RoundFailure) -> String? {
        guard let holder = try hold({ StressOrder(kind: .hold, stage: .half, id: $0) }, within: patience) else {
            return whereabouts(of: live)
        }
        _ = waiters(but: holder.worker, atLeast: live.count - 1)
        arena.isPaused = true
        defer { arena.isPaused = false }
        arena.release(holder.order)
        let deadline = Patience.after(nanoseconds: Int64(patience))
        var pause = Pause()
        while true {
            let late = contending.filter { state($0) != .resting }
            // Before they go on, which may mend it.
            if late.isEmpty || deadline.hasPassed || unexpectedEnd() != nil { return whereabouts(of: late) }
            if Interruption.hasCome { throw .interrupted }
            pause.take()
        }
    }

    func finished(_ worker: Int) -> UInt64 { unsafe arena.slot(worker).pointee.finished.load(ordering: .acquiring) }

    // MARK: Evidence

    /// The sum of what all workers have counted.
    func sum(_ count: (borrowing StressSlot) -> UInt64) -> UInt64 {
        (0..<arena.workers).reduce(0) { sum, worker in sum &+ (unsafe count(arena.slot(worker).pointee)) }
    }

    /// The largest figure of all workers.
    func most(_ figure: (borrowing StressSlot) -> UInt64) -> UInt64 {
        (0..<arena.workers).reduce(0) { most, worker in max(most, unsafe figure(arena.slot(worker).pointee)) }
    }

    /// Where a worker is, in words.
    func whereabouts(_ worker: Int) -> String {
        guard let process = processes[worker] else { return "worker \(worker + 1) is dead" }
        return "worker \(worker + 1) (pid \(process.pid)) is \(state(worker)), "
            + ProcessState.description(of: process.pid)
    }

    /// Where the first of some is, and how many more there are; `nil` for none.
    func whereabouts(of late: [Int]) -> String? {
        late.first.map { whereabouts($0) + (late.count > 1 ? ", and \(late.count - 1) more wait" : "") }
    }

    /// What was written outside the lock's area, in words.
    var damage: String? { canary.damage }

    /// Everybody's last events.
    func events() -> [[FlightEvent]] { (0..<arena.workers).map { arena.recorder($0).events() } }
}

/// Waits between two looks: briefly at first, and longer the longer it takes.
struct Pause {
    private var times = 0

    mutating func take() {
        times += 1
        if times < 10 {
            sched_yield()
        } else {
            usleep(times < 200 ? 30 : 500)
        }
    }
}
