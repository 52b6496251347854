internal import Glibc
@_spi(Bench) internal import ShmCore
internal import ShmHarness
internal import Synchronization
internal import SystemPackage

/// Two fresh segments and the survivors of a crash test, which wait for orders. It serves one trial after another, until
/// something hangs or is corrupt.
final class CrashScene {
    let lock: LockKind
    let arena: CrashArena
    let data: GuardedData
    let survivors: Int
    /// What dead victims have added to each counter in all trials so far.
    var inherited = [UInt64](repeating: 0, count: CrashArena.counters)

    private let program: WorkerProgram
    private let number: Int
    private let segments: RoundSegments
    private let canary: SegmentCanary
    private(set) var processes: [ChildProcess] = []

    /// Makes the segments and starts the survivors. They go with the last reference.
    ///
    /// - Parameter number: unique within this process.
    init(_ lock: LockKind, survivors: Int, program: WorkerProgram, number: Int) throws(RoundFailure) {
        self.lock = lock
        self.survivors = survivors
        self.program = program
        self.number = number
        segments = try RoundSegments(
            number: number, arenaSize: CrashArena.byteCount(survivors: survivors), lock: lock,
            dataSize: GuardedData.byteCount(counters: CrashArena.counters))
        guard let arena = CrashArena(segments.arena, survivors: survivors) else {
            throw .failed("the arena does not fit its segment")
        }
        self.arena = arena
        data = unsafe GuardedData(segments.data)
        data.prepare()
        do throws(SharedMemoryError) { canary = try SegmentCanary(segments.test) } catch {
            throw .failed(error.description)
        }
        for survivor in 0..<survivors {
            processes.append(MemoryKills.prefer(try start("survive", survivor)))
            // Where they spin, they would take the CPU from the victim at each of its instructions.
            if spins { processes[survivor].setNiceness(19) }
        }
        for survivor in 0..<survivors { try awaitIdle(survivor) }
    }

    deinit {
        for process in processes { process.end() }
    }

    /// Whether those who wait never sleep.
    private var spins: Bool { lock.properties.waiting == .spins || lock.properties.waiting == .yields }

    /// Starts a victim, whose slot must be clear.
    func startVictim(on path: CrashPath) throws(RoundFailure) -> ChildProcess {
        arena.path = path
        return try start("die", survivors)
    }

    private func start(_ role: String, _ process: Int) throws(RoundFailure) -> ChildProcess {
        do {
            return try ChildProcess(
                program.path, [role, ThisRun.starter, "\(number)", "\(process)", "\(survivors)"])
        } catch {
            throw .failed("cannot start \(program.path): \(MachineWant.reason(error))")
        }
    }

    private func awaitIdle(_ survivor: Int) throws(RoundFailure) {
        let patience = Patience.after(.seconds(30))
        while stage(survivor) != .idle {
            try check(survivor)
            if Interruption.hasCome { throw .interrupted }
            if patience.hasPassed {
                throw .failed("within 30 s, \(whereabouts(survivor)) and was not ready")
            }
            usleep(50)
        }
    }

    // MARK: Orders

    /// Gives an order, which the survivor carries out when it has finished the one before, or lets go where it holds.
    func order(_ kind: CrashOrder.Kind, _ survivor: Int) {
        let word = unsafe arena.orderWord(survivor)
        let next = CrashOrder(word: unsafe word.pointee.load(ordering: .relaxed)).next(kind)
        unsafe word.pointee.store(next.word, ordering: .releasing)
        unsafe Futex.wake(word, count: 1)
    }

    /// Whether it has carried out its last order.
    func hasFinished(_ survivor: Int) -> Bool {
        let ordered = unsafe arena.orderWord(survivor).pointee.load(ordering: .relaxed)
        return unsafe arena.finishedWord(survivor).pointee.load(ordering: .acquiring) == ordered
    }

    /// Whether it has given up, since its lock failed.
    func hasFailed(_ survivor: Int) -> Bool { stage(survivor) == .failed }

    /// Waits until all have carried out their orders. Returns the first that waits for the lock for longer than the
    /// patience has; `nil` when all are done, or the lock failed.
    func awaitFinished(_ patience: CrashPatience) throws(RoundFailure) -> Int? {
        try awaitFinished(Array(0..<survivors), patience)
    }

    /// As ``awaitFinished(_:)``, for some of them.
    func awaitFinished(_ some: [Int], _ patience: CrashPatience) throws(RoundFailure) -> Int? {
        let start = Clock.now()
        for survivor in some {
            while !hasFinished(survivor) && !hasFailed(survivor) {
                let word = unsafe arena.finishedWord(survivor)
                let finished = unsafe word.pointee.load(ordering: .acquiring)
                if hasFinished(survivor) { break }
                _ = unsafe Futex.wait(word, while: finished, until: .after(.milliseconds(5)))
                if Interruption.hasCome { throw .interrupted }
                let waited = PauseWatch.shared.elapsed(since: start)
                if waited > patience.nanoseconds || (waited > patience.nanosecondsAsleep && isAsleep(survivor)) {
                    if !hasFinished(survivor) && !hasFailed(survivor) { return survivor }
                }
                if !hasFinished(survivor) {
                    if isAborted(survivor) { return survivor }
                    try check(survivor)
                }
            }
        }
        return nil
    }

    /// Whether the lock's library has ended a survivor: that is as good as a hang.
    private func isAborted(_ survivor: Int) -> Bool {
        !processes[survivor].isRunning && processes[survivor].exit == .signal(SIGABRT)
    }

    /// Waits until a survivor holds the lock; `false` when it does not within the patience, or its lock failed.
    func awaitHolding(_ survivor: Int, _ patience: CrashPatience) throws(RoundFailure) -> Bool {
        let start = Clock.now()
        while stage(survivor) != .holding {
            if Interruption.hasCome { throw .interrupted }
            let waited = PauseWatch.shared.elapsed(since: start)
            if hasFailed(survivor) || waited > patience.nanoseconds { return false }
            if waited > patience.nanosecondsAsleep && isAsleep(survivor) || isAborted(survivor) { return false }
            try check(survivor)
            usleep(10)
        }
        return true
    }

    /// Waits until a survivor holds the lock, or sleeps waiting for it; returns whether it holds it.
    func awaitHoldingOrAsleep(_ survivor: Int) throws(RoundFailure) -> Bool {
        let deadline = Deadline.after(spins ? .milliseconds(1) : .milliseconds(200))
        while stage(survivor) != .holding && !isAsleep(survivor) && !hasFailed(survivor) && !deadline.hasPassed {
            if Interruption.hasCome { throw .interrupted }
            usleep(10)
        }
        return stage(survivor) == .holding
    }

    /// Waits until all are done, or sleep waiting for the lock. Where a lock makes them spin, or the machine is slow,
    /// they get a moment to begin; it decides only how good the trial is, and not its verdict.
    func awaitAsleep(but holder: Int? = nil) throws(RoundFailure) {
        let deadline = Deadline.after(spins ? .milliseconds(1) : .milliseconds(200))
        for survivor in 0..<survivors where survivor != holder {
            while !hasFinished(survivor) && !hasFailed(survivor) && !isAsleep(survivor) && !deadline.hasPassed {
                if Interruption.hasCome { throw .interrupted }
                usleep(10)
            }
        }
    }

    /// Whether a survivor sleeps in the lock.
    private func isAsleep(_ survivor: Int) -> Bool {
        stage(survivor) == .locking && ProcessState.isAsleep(processes[survivor].pid)
    }

    /// What a survivor does, in words.
    func whereabouts(_ survivor: Int) -> String {
        let who = "survivor \(survivor + 1) of \(survivors)"
        if isAborted(survivor) { return "\(who) was aborted by the lock's library" }
        return "\(who) is " + ProcessState.description(of: processes[survivor].pid)
    }

    private func stage(_ survivor: Int) -> CrashSlot.Stage {
        CrashSlot.Stage(rawValue: unsafe arena.slot(survivor).pointee.stage.load(ordering: .acquiring)) ?? .absent
    }

    /// Throws when a survivor has ended, though nobody kills it.
    private func check(_ survivor: Int) throws(RoundFailure) {
        let process = processes[survivor]
        // One whose lock failed says so before it ends.
        guard !process.isRunning, let exit = process.exit, !hasFailed(survivor) else { return }
        throw .failed("survivor \(survivor + 1) of \(survivors) (pid \(process.pid)) \(exit.explained)")
    }

    // MARK: Reading the arena

    /// The sum of a figure over all survivors.
    func sum(_ figure: (borrowing CrashSlot) -> UInt64) -> UInt64 {
        (0..<survivors).reduce(0) { sum, survivor in sum + figure(unsafe arena.slot(survivor).pointee) }
    }

    /// Critical sections that survivors have completed.
    var sections: UInt64 { sum { $0.sections.load(ordering: .acquiring) } }

    /// By how much each counter exceeds what the survivors and earlier victims have added. Exact while nobody is inside.
    func surplus() -> [UInt64] {
        let sections = sections
        return (0..<CrashArena.counters).map { data.counter($0) &- sections &- inherited[$0] }
    }

    /// The first acquisition by a survivor after a point in time.
    func firstAcquisition(after time: UInt64) -> UInt64? {
        (0..<survivors).map { unsafe arena.slot($0).pointee.acquiredAt.load(ordering: .acquiring) }
            .filter { $0 > time }.min()
    }

    /// What was written outside the lock's area, in words.
    var damage: String? { canary.damage }

    /// Errnos of locks that failed, the victim's too.
    var failures: [Int32] {
        (0...survivors).map { unsafe arena.slot($0).pointee.errorNumber.load(ordering: .acquiring) }.filter { $0 != 0 }
    }
}
