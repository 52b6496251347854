public import ShmCore
internal import ShmHarness

/// Does faults to one lock, and finds out whether the others go on.
public struct StressTest {
    /// What it came to, a result for each fault that was tried.
    public private(set) var results: [StressResult] = []
    /// The last events of all workers, where something was wrong: at most one a fault.
    public internal(set) var reports: [FlightReport] = []
    /// What was done again since processes stood still meanwhile.
    public internal(set) var standstills: [Standstill] = []

    let lock: LockKind
    let workers: Int
    let program: WorkerProgram
    let numbers: () -> Int
    let outside = OutsideFindings()
    var generator: SplitMix64
    /// The workers, while they are to be believed.
    var scene: StressScene?
    /// What they had counted when that was last looked at.
    var baseline = StressEvidence()
    var standstillsInARow = 0

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
    ///   - seed: what the choice of targets, places and delays follows from.
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
        result.obstacle = fault.obstacle(lock)
        let enough = result.isPromised ? Self.enoughHangs.promised : Self.enoughHangs.otherwise
        var idle = 0
        var checks = StressChecks()
        while result.obstacle == nil && result.hangs + Int(clamping: result.exercises.breaches) < enough {
            look(result)
            let isLast = (end.hasPassed && !isCounted) || result.episodes >= episodes
            if isLast && result.episodes > 0 {
                if try concludes(&checks, &result) { return }
                continue
            }
            checks.began = Clock.now()
            let played = try play(result)
            if try isDisturbed(since: checks.began, isSuspicious: played.episode.isSuspicious, &result) {
                checks.forget(&result)
                continue
            }
            result = played.result
            idle = played.episode.wasIdle ? idle + 1 : 0
            checks.add(played.episode, &result)
            if idle >= Self.enoughIdleness && result.episodes == 0 { result.obstacle = "nobody waits for it" }
            if idle >= Self.enoughIdleness { break }
            _ = try judge(played.episode, &checks, &result, isDue: checks.pending >= Self.episodesBetweenChecks)
            if isLast && played.episode.wasIdle { break }
        }
        _ = try concludes(&checks, &result)
    }

    /// Plays one episode.
    private mutating func play(_ result: StressResult) throws(RoundFailure) -> (episode: Episode, result: StressResult)
    {
        var play = FaultPlay(
            fault: result.fault, lock: lock, workers: workers, program: program, numbers: numbers, outside: outside,
            generator: generator, result: result)
        defer { generator = play.generator }
        switch result.fault.play {
        case .apart(let episode): return (try episode(&play), play.result)
        case .byWorkers(let episode): return (try episode(&play, try currentScene()), play.result)
        }
    }

    private mutating func currentScene() throws(RoundFailure) -> StressScene {
        if let scene { return scene }
        let scene = try StressScene(lock, workers: workers, program: program, number: numbers())
        self.scene = scene
        baseline = StressEvidence()
        return scene
    }
}
