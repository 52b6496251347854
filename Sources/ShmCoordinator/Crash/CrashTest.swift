internal import Glibc
public import ShmCore
public import ShmHarness

/// Kills a target of one lock at every instruction of its paths.
public struct CrashTest {
    /// The progress of a test.
    public struct Progress: Sendable {
        /// The current path.
        public var path: CrashPath
        /// Its number among the paths, from 0.
        public var index: Int
        /// The current instruction.
        public var instruction: Int
        /// Instructions of the path.
        public var length: Int
    }

    /// A path that is longer is a mistake.
    static let instructionLimit = 100_000
    /// A path is complete when that many targets in a row have reached its end, or hang before their instruction: some
    /// may have taken a shorter path by chance.
    private static let endsInARow = 3

    /// The result; after an interruption, the result until then.
    public private(set) var result: CrashResult
    /// Trials that were repeated because processes stood still meanwhile.
    public private(set) var standstills: [Standstill] = []

    private let survivors: Int
    private let every: Int
    private let program: WorkerProgram
    private let numbers: () -> Int
    private let report: (Progress) -> Void
    private var scene: CrashScene?
    private var standstillsInARow = 0
    private var voidInARow = 0
    private var patience: CrashPatience
    private var spinLimit = 0

    /// Prepares a test.
    ///
    /// - Parameters:
    ///   - survivors: the number of surviving processes, 1 or more.
    ///   - every: kills at every n-th instruction.
    ///   - numbers: returns a number that is unique among the rounds of this process.
    ///   - report: called before each trial with the progress.
    public init(
        _ lock: LockKind, survivors: Int, every: Int = 1, program: WorkerProgram, numbers: @escaping () -> Int,
        report: @escaping (Progress) -> Void = { _ in }
    ) {
        precondition(survivors > 0 && every > 0)
        self.survivors = survivors
        self.every = every
        self.program = program
        self.numbers = numbers
        self.report = report
        patience = .full
        result = CrashResult(lock: lock, startedAt: time(nil))
    }

    /// Tests all paths. If it throws, the result until then is kept.
    public mutating func run(_ paths: [CrashPath]) throws(RoundFailure) {
        let start = Clock.now()
        defer {
            result.duration = Clock.now() - start
            scene = nil
        }
        spinLimit = 256 + (try trial(.uncontended, Self.instructionLimit).steps)
        let offered = paths.filter { $0.obstacle(result.lock.properties) == nil }
        for (index, path) in offered.enumerated() {
            result.paths.append((path: path, tally: CrashTally()))
            try test(path, Progress(path: path, index: index, instruction: 0, length: 0))
        }
        result.isComplete = true
    }

    private mutating func test(_ path: CrashPath, _ progress: Progress) throws(RoundFailure) {
        var progress = progress
        // The first trial runs to the end: it is the kill after the region, and measures the length of the region.
        let whole = try trial(path, Self.instructionLimit)
        count(whole, at: nil)
        // A wait that times out has no last instruction.
        if path.staysHeld && !whole.reachedEnd { return }
        progress.length = whole.steps
        var (instruction, ends) = (0, 0)
        var sleeps: Set<Int> = []
        while ends < Self.endsInARow {
            guard instruction < Self.instructionLimit else {
                throw .failed("the path \(path) does not end within \(Self.instructionLimit) instructions")
            }
            progress.instruction = instruction
            report(progress)
            let killed = try trial(path, instruction)
            count(killed, at: killed.reachedEnd ? nil : instruction)
            // A target that hangs on its way does not get further at a later instruction.
            let isBeyond = killed.reachedEnd || killed.hang != nil && killed.steps < instruction
            ends = isBeyond ? ends + 1 : 0
            for sleep in whole.sleeps + killed.sleeps where sleeps.insert(sleep).inserted {
                count(try trial(path, sleep, asleep: true), at: nil)
            }
            instruction += every
        }
    }

    private mutating func trial(
        _ path: CrashPath, _ instructions: Int, asleep: Bool = false
    ) throws(RoundFailure) -> CrashTrial.Outcome {
        let scene: CrashScene
        if let current = self.scene {
            scene = current
        } else {
            scene = try CrashScene(result.lock, survivors: survivors, program: program, number: numbers())
            self.scene = scene
        }
        let start = Clock.now()
        let trial = CrashTrial(
            scene: scene, path: path, instructions: instructions, asleep: asleep, patience: patience,
            spinLimit: spinLimit)
        let outcome: CrashTrial.Outcome
        do throws(RoundFailure) { outcome = try trial.run() } catch {
            if case .failed = error, let standstill = scene.standstill(since: start, isSuspicious: true) {
                return try self.trial(path, instructions, asleep: asleep, after: standstill)
            }
            throw error
        }
        if outcome.isVoid {
            self.scene = nil
            voidInARow += 1
            if voidInARow > Standstill.repetitions {
                throw .failed("the path \(path) cannot be exercised on this machine")
            }
            return try self.trial(path, instructions, asleep: asleep)
        }
        voidInARow = 0
        let isSuspicious = outcome.hang != nil || !outcome.corruptions.isEmpty
        if isSuspicious, let end = scene.outsideEnd() { throw .failed(end) }
        if let standstill = scene.standstill(since: start, isSuspicious: isSuspicious) {
            return try self.trial(path, instructions, asleep: asleep, after: standstill)
        }
        standstillsInARow = 0
        // The state of the scene can no longer be trusted.
        if isSuspicious { self.scene = nil }
        return outcome
    }

    /// Repeats a trial in which a process stood still.
    private mutating func trial(
        _ path: CrashPath, _ instructions: Int, asleep: Bool, after standstill: Standstill
    ) throws(RoundFailure) -> CrashTrial.Outcome {
        scene = nil
        standstills.append(standstill)
        result.discarded += 1
        standstillsInARow += 1
        if standstillsInARow > Standstill.repetitions { throw .failed(Standstill.tooOften(standstill)) }
        return try trial(path, instructions, asleep: asleep)
    }

    private mutating func count(_ outcome: CrashTrial.Outcome, at instruction: Int?) {
        var tally = CrashTally()
        tally.kills = 1
        tally.instructions = instruction == nil ? 0 : 1
        tally.ownerDeaths = outcome.ownerDeaths
        tally.slowestRecovery = outcome.recovery
        tally.hangs = outcome.hang == nil ? 0 : 1
        tally.missedDeadlines = outcome.missesDeadline ? 1 : 0
        tally.corruptions = outcome.corruptions.isEmpty ? 0 : 1
        tally.corruptionFindings = outcome.corruptions.map { "\(outcome.place): \($0)" }
        tally.findings = tally.corruptionFindings + [outcome.hang].compactMap { $0 }.map { "\(outcome.place): \($0)" }
        result.paths[result.paths.count - 1].tally.add(tally)
        if let time = outcome.recovery { result.recovery.add(time) }
        let enough = result.lock.properties.survivesOwnerDeath ? CrashPatience.provingHangs : 1
        if result.total.hangs >= enough { patience = .short(for: result.lock.properties) }
    }
}
