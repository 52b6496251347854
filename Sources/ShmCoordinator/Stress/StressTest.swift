public import ShmCore
internal import ShmHarness

/// Executes faults on one lock, and finds out whether the others continue.
public struct StressTest {
    /// A result for each fault that was tried.
    public private(set) var results: [StressResult] = []
    /// The last events of all workers after a finding: at most one report per fault.
    public internal(set) var reports: [FlightReport] = []
    /// Episodes that were repeated because processes stood still meanwhile.
    public internal(set) var standstills: [Standstill] = []

    let lock: LockKind
    let workers: Int
    let program: WorkerProgram
    let numbers: () -> Int
    /// The CPU of each worker; empty if the scheduler decides.
    let cpus: [Int?]
    let outside = OutsideFindings()
    var generator: SplitMix64
    /// The workers, as long as their state can be trusted.
    var scene: StressScene?
    /// The workers' counts at the last comparison.
    var baseline = StressEvidence()
    var standstillsInARow = 0

    /// After that many hangs, more say nothing new; fewer suffice for a lock that promises nothing.
    private static let enoughHangs = (promised: 5, otherwise: 2)
    /// After that many episodes in a row without an opportunity, there will be none.
    private static let enoughIdleness = 20
    /// The maximum number of episodes between two checks of the data.
    private static let episodesBetweenChecks = 64

    /// Prepares a test.
    ///
    /// - Parameters:
    ///   - workers: the number of contending processes, 2 or more.
    ///   - seed: determines the choice of targets, points and delays.
    ///   - numbers: returns a number that is unique among the rounds of this process.
    ///   - pinning: which CPUs the workers run on. Where they may share one, the time to recover has several modes: a
    ///     survivor elsewhere must first be woken by an interrupt.
    public init(
        _ lock: LockKind, workers: Int, seed: UInt64, program: WorkerProgram, numbers: @escaping () -> Int,
        pinning: Pinning = .none
    ) {
        precondition(workers > 1)
        self.lock = lock
        self.workers = workers
        self.program = program
        self.numbers = numbers
        cpus = pinning.assignment(workers: workers)
        generator = SplitMix64(state: lock.name.utf8.reduce(seed) { $0 &* 31 &+ UInt64($1) })
    }

    /// Executes a fault repeatedly, at least once: for a time or a number of episodes, or until it has hung often
    /// enough.
    ///
    /// - Parameters:
    ///   - nanoseconds: the duration, unless `isCounted`.
    ///   - episodes: the maximum number of episodes.
    ///   - isCounted: whether that number of episodes is done, however long it takes.
    ///   - look: called before each episode with the result so far.
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
            if idle >= Self.enoughIdleness && result.episodes == 0 { result.obstacle = "no worker waits for the lock" }
            if idle >= Self.enoughIdleness { break }
            _ = try judge(played.episode, &checks, &result, isDue: checks.pending >= Self.episodesBetweenChecks)
            if isLast && played.episode.wasIdle { break }
        }
        _ = try concludes(&checks, &result)
    }

    /// Executes one episode.
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
        let scene = try StressScene(lock, workers: workers, program: program, number: numbers(), cpus: cpus)
        self.scene = scene
        baseline = StressEvidence()
        return scene
    }
}
