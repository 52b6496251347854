public import ShmCore
internal import ShmHarness

/// Counts the machine instructions and system calls of a lock's paths, by single-stepping a process through each
/// (`ptrace(2)`), among other processes of a crash test.
public struct PathCounter {
    /// The paths that have an end without a kill, in the order in which they are counted.
    private static let paths: [CrashPath] = [
        .uncontended, .attempt, .timed, .reader, .quiet, .biased, .holder, .waiter,
    ]
    /// The processes beside the target: one that holds the lock, and one that queues behind the target.
    private static let others = 2
    /// The holder releases the lock after that many instructions of a target that does not sleep. It is the same number for
    /// all locks and builds, so that the counts are comparable.
    private static let spinLimit = 10_000
    /// Attempts at one path: a process that stood still meanwhile disturbs the order of events.
    private static let attempts = 3

    private let lock: LockKind
    private let program: WorkerProgram
    private var number: Int

    /// Prepares to count.
    ///
    /// - Parameter number: this number, and ``numbersUsed`` after it, are unique among the rounds of this process.
    public init(_ lock: LockKind, program: WorkerProgram, number: Int) {
        self.lock = lock
        self.program = program
        self.number = number
    }

    /// The maximum number of rounds that one count of up to 100 repetitions is.
    public static var numbersUsed: Int { 100 * (1 + attempts * paths.count) }

    /// Counts all paths that the lock has. Each repetition begins with fresh segments and processes, so that the lock is in
    /// the same state.
    public mutating func count(repetitions: Int) throws(RoundFailure) -> [PathCost] {
        var costs: [PathCost] = []
        for repetition in 0..<max(1, repetitions) {
            var scene = try scene()
            for (index, path) in Self.paths.filter({ $0.obstacle(lock.properties) == nil }).enumerated() {
                let cost = try count(path, &scene)
                if repetition == 0 { costs.append(cost) } else { costs[index].add(cost) }
            }
        }
        return costs
    }

    private mutating func count(_ path: CrashPath, _ scene: inout CrashScene) throws(RoundFailure) -> PathCost {
        var reason = ""
        for _ in 0..<Self.attempts {
            let outcome = try CrashTrial(
                scene: scene, path: path, instructions: CrashTest.instructionLimit, patience: .full,
                spinLimit: Self.spinLimit, countsCalls: true
            ).run()
            // What others do after the end of the path does not count, but their state can no longer be trusted.
            if outcome.hang != nil { scene = try self.scene() }
            if outcome.reachedEnd {
                return PathCost(
                    path, instructions: outcome.steps...outcome.steps,
                    systemCalls: outcome.systemCalls...outcome.systemCalls)
            }
            reason = outcome.hang ?? "it does not end within \(CrashTest.instructionLimit) instructions"
        }
        throw .failed("cannot count the instructions of the path \(path) of \(lock): \(reason)")
    }

    private mutating func scene() throws(RoundFailure) -> CrashScene {
        defer { number += 1 }
        return try CrashScene(lock, survivors: Self.others, program: program, number: number)
    }
}
