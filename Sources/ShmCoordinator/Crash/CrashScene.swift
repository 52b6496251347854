internal import Glibc
@_spi(Bench) internal import ShmCore
internal import ShmHarness
internal import Synchronization

/// Two fresh segments, and the survivors of a crash test, which wait for orders. A scene serves consecutive trials
/// until something hangs or is corrupt.
final class CrashScene {
    let lock: LockKind
    let arena: CrashArena
    let data: GuardedData
    let survivors: Int
    let fleet: Fleet
    /// The increments of each counter by the dead targets of all trials so far.
    var inherited = [UInt64](repeating: 0, count: CrashArena.counters)

    private let segments: RoundSegments
    private let canary: SegmentCanary

    /// Creates the segments and starts the survivors. They are removed with the last reference.
    ///
    /// - Parameter number: unique within this process.
    init(_ lock: LockKind, survivors: Int, program: WorkerProgram, number: Int) throws(RoundFailure) {
        self.lock = lock
        self.survivors = survivors
        segments = try RoundSegments(
            number: number, arenaSize: CrashArena.byteCount(survivors: survivors), lock: lock,
            dataSize: GuardedData.byteCount(counters: CrashArena.counters))
        guard let arena = CrashArena(segments.arena, survivors: survivors) else {
            throw .failed("the arena does not fit its segment")
        }
        self.arena = arena
        data = unsafe GuardedData(segments.data)
        data.prepare()
        canary = try segments.canary()
        fleet = Fleet(
            program, number: number, places: survivors, naming: .init(role: "survivor", total: survivors))
        for survivor in 0..<survivors { try start(survivor) }
        for survivor in 0..<survivors { try awaitIdle(survivor) }
    }

    private func start(_ survivor: Int) throws(RoundFailure) {
        try fleet.start(survivor, task: "survive", calling: fleet.path)
        // Spinning survivors would take the CPU from the target at each of its instructions.
        if spins { fleet.process(survivor)?.setNiceness(19) }
    }

    /// The survivors end before their segments are removed.
    deinit { fleet.end() }

    /// Whether waiters never sleep.
    var spins: Bool { lock.properties.waiting == .spins || lock.properties.waiting == .yields }

    /// Starts a target, whose slot must be clear.
    func startTarget(on path: CrashPath) throws(RoundFailure) -> ChildProcess {
        arena.path = path
        return try fleet.spawn(survivors, task: "die", calling: fleet.path)
    }

    private func awaitIdle(_ survivor: Int) throws(RoundFailure) {
        let isIdle = try Patience.after(.seconds(30)).wait(
            unless: { () throws(RoundFailure) in
                try check(survivor)
                return false
            }, rest: { usleep(50) }, until: { state(survivor) == .idle })
        if !isIdle { throw .failed("a survivor was not ready within 30 s: \(whereabouts(survivor))") }
    }

    // MARK: Survivors

    /// The state of a survivor, as it reports it.
    func state(_ survivor: Int) -> CrashSlot.State {
        CrashSlot.State(rawValue: unsafe arena.slot(survivor).pointee.state.load(ordering: .acquiring)) ?? .absent
    }

    /// Whether a survivor's lock has failed.
    func hasFailed(_ survivor: Int) -> Bool { state(survivor) == .failed }

    /// Whether a survivor sleeps in the lock.
    func isAsleep(_ survivor: Int) -> Bool {
        state(survivor) == .locking && fleet.process(survivor).map { ProcessState.isAsleep($0.pid) } ?? false
    }

    /// Whether the lock's library has aborted a survivor, which counts as a hang.
    func isAborted(_ survivor: Int) -> Bool {
        guard let process = fleet.process(survivor) else { return false }
        return !process.isRunning && process.exit == .signal(SIGABRT)
    }

    /// The state of a survivor, in words.
    func whereabouts(_ survivor: Int) -> String {
        if isAborted(survivor) { return "\(fleet.name(survivor)) was aborted by the lock's library" }
        return "\(fleet.name(survivor)) is "
            + (fleet.process(survivor).map { ProcessState.description(of: $0.pid) } ?? "gone")
    }

    /// Kills a survivor, which is reaped.
    func kill(_ survivor: Int) throws(RoundFailure) {
        try check(survivor)
        _ = fleet.kill([survivor])
    }

    /// Whether a survivor was killed, and not started again.
    func hasEnded(_ survivor: Int) -> Bool { fleet.process(survivor) == nil }

    /// Starts a survivor in the place of one that was killed. It continues that one's counts.
    func restart(_ survivor: Int) throws(RoundFailure) {
        unsafe arena.orderWord(survivor).pointee.store(0, ordering: .releasing)
        unsafe arena.finishedWord(survivor).pointee.store(0, ordering: .releasing)
        unsafe arena.slot(survivor).pointee.state.store(CrashSlot.State.absent.rawValue, ordering: .releasing)
        try start(survivor)
        try awaitIdle(survivor)
    }

    /// Throws if a survivor has ended that this test has not killed.
    func check(_ survivor: Int) throws(RoundFailure) {
        // A survivor whose lock failed reports that before it exits.
        guard let process = fleet.process(survivor), !process.isRunning, let exit = process.exit, !hasFailed(survivor)
        else { return }
        throw .failed("\(fleet.fullName(survivor)) \(exit.explained)")
    }

    /// A survivor that something outside this program has ended, in words; `nil` if there is none.
    func outsideEnd() -> String? { fleet.outsideEnd().map { "\(fleet.fullName($0.place)) \($0.exit.explained)" } }

    /// Why observations since a time say nothing about the lock: this process or a survivor stood still; `nil` if none
    /// did.
    ///
    /// - Parameter isSuspicious: whether something is wrong that a process without CPU time would explain.
    func standstill(since start: UInt64, isSuspicious: Bool) -> Standstill? {
        Standstill(PauseWatch.shared.pauses(since: start)) ?? fleet.standstill(isSuspicious: isSuspicious)
    }

    /// A write outside the lock's area, in words; `nil` if there was none.
    var damage: String? { canary.damage }
}
