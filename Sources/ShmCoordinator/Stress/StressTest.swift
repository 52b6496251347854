internal import Glibc
public import ShmCore
internal import ShmHarness
internal import Synchronization

/// Does faults to one lock, and finds out whether the others go on.
public struct StressTest {
    /// One fault that was done.
    struct Episode {
        /// What waits for ever, in words.
        var hang: String?
        /// What is wrong otherwise.
        var corruption: String?
        /// What the lock offers and did not do, and how that was seen.
        var breach: (exercise: Exercise, finding: String)?
        /// The others stood still while somebody was frozen.
        var stalled = false
        /// There was no occasion for it; it does not count.
        var wasIdle = false

        /// Whether something is wrong that a process that cannot run would explain.
        var isSuspicious: Bool { hang != nil || corruption != nil || breach != nil }
    }

    /// What it came to, a result for each fault that was tried.
    public private(set) var results: [StressResult] = []
    /// The last events of all workers, where something was wrong: at most one a fault.
    public private(set) var reports: [FlightReport] = []

    let lock: LockKind
    let workers: Int
    let program: WorkerProgram
    let numbers: () -> Int
    var generator: SplitMix64
    var scene: StressScene?
    /// What was done again since processes stood still meanwhile.
    public internal(set) var standstills: [Standstill] = []
    var standstillsInARow = 0
    let outside = OutsideFindings()
    private var baseline = Evidence()

    /// Of so many hangs, the last say nothing new: fewer where the lock does not promise better.
    private static let enoughHangs = (promised: 5, otherwise: 2)
    /// After so many times without an occasion in a row there will be none.
    private static let enoughIdleness = 20
    /// The data are looked at after so many episodes at the latest.
    private static let episodesBetweenChecks = 64

    /// Prepares a test.
    ///
    /// - Parameters:
    ///   - workers: processes that contend, 2 or more.
    ///   - seed: what the choice of victims, places and delays follows from.
    ///   - numbers: gives a number that no other round of this process has.
    public init(
        _ lock: LockKind, workers: Int, seed: UInt64, program: WorkerProgram, numbers: @escaping () -> Int
    ) {
        precondition(workers > 1)
        self.lock = lock
        self.workers = workers
        self.program = program
        self.numbers = numbers
        generator = SplitMix64(state: lock.name.utf8.reduce(seed) { $0 &* 31 &+ UInt64($1) })
    }

    /// How long it takes to take somebody's waiting for waiting for ever, ns.
    func patience(_ fault: Fault) -> Int { fault.isPromised(by: lock.properties) ? 5_000_000_000 : 300_000_000 }

    /// Does a fault again and again, at least once: for so long or so many times, or until it has hung often enough.
    ///
    /// - Parameters:
    ///   - nanoseconds: for how long, unless it `isCounted`.
    ///   - episodes: how often at most.
    ///   - isCounted: whether it is done that often, however long that takes.
    ///   - look: called before each; what was found so far.
    public mutating func run(
        _ fault: Fault, for nanoseconds: Int, atMost episodes: Int = .max, isCounted: Bool = false,
        look: (StressResult) -> Void = { _ in }
    ) throws(RoundFailure) {
        var result = StressResult(lock, fault)
        let (start, end) = (Clock.now(), Patience.after(nanoseconds: Int64(nanoseconds)))
        defer {
            result.duration = Clock.now() - start
            results.append(result)
        }
        result.obstacle = obstacle(fault)
        let enough = result.isPromised ? Self.enoughHangs.promised : Self.enoughHangs.otherwise
        var idle = 0
        var checks = Checks()
        while result.obstacle == nil && result.hangs + Int(clamping: result.exercises.breaches) < enough {
            look(result)
            let isLast = (end.hasPassed && !isCounted) || result.episodes >= episodes
            if isLast && result.episodes > 0 {
                if try concludes(fault, &checks, &result) { return }
                continue
            }
            checks.began = Clock.now()
            var outcome = result
            let episode = try self.episode(fault, &outcome)
            if try isDisturbed(since: checks.began, isSuspicious: episode.isSuspicious, &result) {
                checks.forget(&result)
                continue
            }
            result = outcome
            idle = episode.wasIdle ? idle + 1 : 0
            checks.add(episode, &result)
            if idle >= Self.enoughIdleness && result.episodes == 0 { result.obstacle = "nobody waits for it" }
            if idle >= Self.enoughIdleness { break }
            _ = try judge(episode, fault, &checks, &result, isDue: checks.pending >= Self.episodesBetweenChecks)
            if isLast && episode.wasIdle { break }
        }
        _ = try concludes(fault, &checks, &result)
    }

    /// Looks at the data a last time; `false` where processes stood still meanwhile.
    private mutating func concludes(_ fault: Fault, _ checks: inout Checks, _ result: inout StressResult)
        throws(RoundFailure) -> Bool
    {
        if scene == nil || checks.pending == 0 { return true }
        return try judge(Episode(), fault, &checks, &result, isDue: true)
    }

    private mutating func episode(_ fault: Fault, _ result: inout StressResult) throws(RoundFailure) -> Episode {
        switch fault {
        case .recreate: return try recreate(&result)
        case .fillShm: return try fillShm(&result)
        case .killCoordinator: return try killCoordinator(&result)
        case .comeAndGo: return try comeAndGo(&result)
        default: break
        }
        let scene = try currentScene()
        switch fault {
        case .killHolder: return try killHolder(scene, &result)
        case .killWaiter: return try killWaiter(scene, &result)
        case .killWoken: return try killWoken(scene, &result)
        case .killRandom: return try killRandom(scene, &result)
        case .killMany: return try killMany(scene, &result)
        case .freezeHolder: return try freezeHolder(scene, &result)
        case .freezeWaiter: return try freezeWaiter(scene, &result)
        case .interrupt: return try interrupt(scene)
        case .lowerPriority: return try lowerPriority(scene, &result)
        case .fork: return try ask(.forkAndExec, scene, fault, &result)
        case .exhaustDescriptors: return try ask(.exhaustDescriptors, scene, fault, &result)
        case .attachStorm: return try attachStorm(scene)
        case .startStorm: return try startStorm(scene)
        case .tryLock: return try tryLock(scene)
        case .timedWait: return try timedWait(scene)
        case .readers: return try readers(scene)
        case .order: return try order(scene, &result)
        case .crowd: return try crowd(scene, &result)
        case .recreate, .fillShm, .killCoordinator, .comeAndGo: return Episode()
        }
    }

    private mutating func currentScene() throws(RoundFailure) -> StressScene {
        if let scene { return scene }
        let scene = try StressScene(lock, workers: workers, program: program, number: numbers())
        self.scene = scene
        baseline = Evidence()
        return scene
    }

    // MARK: Judging

    /// Episodes since the data were looked at.
    private struct Checks {
        /// When the last one began.
        var began: UInt64 = 0
        private(set) var pending = 0
        private var episodes = 0
        private var lostInARow = 0

        mutating func add(_ episode: Episode, _ result: inout StressResult) {
            pending += 1
            if episode.wasIdle { return }
            episodes += 1
            result.episodes += 1
        }

        /// They have been looked at.
        mutating func pass() { self = Checks() }

        /// Their workers are gone, and nobody will know: they do not count.
        mutating func forget(_ result: inout StressResult) {
            result.episodes -= episodes
            (pending, episodes) = (0, 0)
        }

        /// The same where that came of the look itself.
        mutating func lose(_ standstill: Standstill?, _ result: inout StressResult) throws(RoundFailure) {
            forget(&result)
            lostInARow += 1
            if let standstill, lostInARow > Standstill.repetitions { throw .failed(Standstill.tooOften(standstill)) }
        }
    }

    /// What the workers have counted.
    private struct Evidence {
        var overlaps: UInt64 = 0
        var lost: UInt64 = 0
        var repairs: UInt64 = 0
        var told: UInt64 = 0
        var untold: UInt64 = 0
        var calls: [Exercise: UInt64] = [:]
        var early: UInt64 = 0
        var late: UInt64 = 0
        var slowTries: UInt64 = 0
        var tornReads: UInt64 = 0
        /// By how much the worst of these was early or late, ns.
        var worst: UInt64 = 0

        init() {}

        init(_ scene: StressScene) {
            overlaps = scene.sum { $0.overlaps.load(ordering: .relaxed) }
            lost = scene.sum { $0.lostUpdates.load(ordering: .relaxed) }
            repairs = scene.sum { $0.repairs.load(ordering: .relaxed) }
            told = scene.sum { $0.told.load(ordering: .relaxed) }
            untold = scene.sum { $0.untold.load(ordering: .relaxed) }
            calls = [
                .lock: scene.sum { $0.locks.load(ordering: .relaxed) },
                .tryLock: scene.sum { $0.tries.load(ordering: .relaxed) },
                .timedWait: scene.sum { $0.timedWaits.load(ordering: .relaxed) },
                .readers: scene.sum { $0.reads.load(ordering: .relaxed) },
            ]
            early = scene.sum { $0.early.load(ordering: .relaxed) }
            late = scene.sum { $0.late.load(ordering: .relaxed) }
            slowTries = scene.sum { $0.slowTries.load(ordering: .relaxed) }
            tornReads = scene.sum { $0.tornReads.load(ordering: .relaxed) }
            worst = scene.most { $0.worst.load(ordering: .relaxed) }
        }

        /// What the calls since an earlier moment did not do as they should.
        func breach(since earlier: Evidence) -> (exercise: Exercise, finding: String)? {
            func times(_ count: UInt64) -> String { count == 1 ? "once" : "\(count) times" }
            if tornReads > earlier.tornReads {
                return (.readers, "a reader saw half-written data, \(times(tornReads - earlier.tornReads))")
            }
            if early > earlier.early {
                return (
                    .timedWait,
                    "a wait gave up before its deadline, \(times(early - earlier.early)), by up to \(worst / 1000) µs"
                )
            }
            if late > earlier.late {
                return (
                    .timedWait,
                    "waits came back after their deadlines, \(times(late - earlier.late)), by up to \(worst / 1_000_000) ms"
                )
            }
            if slowTries > earlier.slowTries {
                return (.tryLock, "tries took up to \(worst / 1_000_000) ms, \(times(slowTries - earlier.slowTries))")
            }
            return nil
        }
    }

    /// Counts what an episode came to; looks at the data where that is due or something is wrong. Returns `false` where
    /// processes stood still meanwhile, so that nothing of it counts.
    private mutating func judge(
        _ episode: Episode, _ fault: Fault, _ checks: inout Checks, _ discarding: inout StressResult, isDue: Bool
    ) throws(RoundFailure) -> Bool {
        var result = discarding
        var (hang, corruption, breach) = (episode.hang, episode.corruption, episode.breach)
        if episode.stalled { result.stalls += 1 }
        if let scene, hang == nil, isDue {
            (hang, corruption) = try check(scene, patience(fault), corruption)
        }
        if let scene {
            let now = Evidence(scene)
            result.tolerated += now.repairs - baseline.repairs
            result.told += now.told - baseline.told
            result.untold += now.untold - baseline.untold
            if corruption == nil && now.overlaps > baseline.overlaps {
                corruption =
                    "two were inside at once, or left words that do not agree, \(now.overlaps - baseline.overlaps) times"
            }
            if corruption == nil && now.lost > baseline.lost {
                corruption = "\(now.lost - baseline.lost) updates of live workers were lost"
            }
            if now.untold > baseline.untold && result.lock.properties.survivesOwnerDeath {
                result.note("after an owner that died inside, the next one was not told")
            }
            for (exercise, calls) in now.calls {
                result.exercises.add(exercise, calls - (baseline.calls[exercise] ?? 0))
            }
            result.exercises.add(.area, 1)
            breach = breach ?? now.breach(since: baseline) ?? scene.damage.map { (.area, $0) }
            baseline = now
        }
        guard hang != nil || corruption != nil || breach != nil else {
            discarding = result
            if isDue { checks.pass() }
            return true
        }
        if try isDisturbed(since: checks.began, isSuspicious: true, &discarding) {
            try checks.lose(standstills.last, &discarding)
            return false
        }
        defer { discarding = result }
        checks.pass()
        if let breach { result.noteBreach(breach.exercise, breach.finding) }
        if let hang {
            result.hangs += 1
            result.noteHang(hang)
        }
        if let corruption {
            result.corruptions += 1
            result.noteCorruption(corruption)
        }
        if let scene, !reports.contains(where: { $0.fault == fault }) {
            reports.append(FlightReport(scene, fault: fault, finding: breach?.finding ?? hang ?? corruption ?? ""))
        }
        // Nothing that follows could be believed.
        scene = nil
        return true
    }

    /// Everybody must get the lock once more, and the data must be what the workers have counted.
    private func check(_ scene: StressScene, _ patience: Int, _ corruption: String?) throws(RoundFailure) -> (
        hang: String?, corruption: String?
    ) {
        if let hang = try stuck(scene, patience) { return (hang, corruption) }
        guard let holder = try scene.hold({ StressOrder(kind: .hold, stage: .before, id: $0) }, within: patience) else {
            return ("nobody gets the lock", corruption)
        }
        defer { scene.arena.release(holder.order) }
        // Who holds is inside, and has not begun.
        let deviation = scene.data.deviation(from: scene.arena.finished)
        if deviation > 0 && corruption == nil {
            return (nil, "the counters differ by \(deviation) from what the workers have counted")
        }
        return (nil, corruption)
    }

    /// What waits for ever, or ended without being killed, in words.
    func stuck(_ scene: StressScene, _ patience: Int) throws(RoundFailure) -> String? {
        var hang = scene.whereabouts(of: try scene.awaitProgress(within: patience))
        if hang == nil && scene.canRest { hang = try scene.drain(within: patience) }
        hang = scene.unexpectedEnd() ?? hang
        if hang != nil { outside.look(at: scene) }
        return hang
    }

    /// The finding where nobody gets the lock.
    func nobody(_ scene: StressScene) -> String {
        outside.look(at: scene)
        if let end = scene.unexpectedEnd() { return end }
        return scene.live.first.map(scene.whereabouts) ?? "nobody is left"
    }
}
