internal import ShmCore
internal import ShmHarness

/// The context of an episode, and its counts.
struct FaultPlay {
    let fault: Fault
    let lock: LockKind
    let workers: Int
    let program: WorkerProgram
    /// Returns a number that is unique among the rounds of this process.
    let numbers: () -> Int
    let outside: OutsideFindings
    /// Source of the choice of targets, points and delays.
    var generator: SplitMix64
    var result: StressResult

    /// Time after which a waiting worker counts as hung, in ns.
    var patience: Int { fault.patience(lock) }

    /// Creates a scene with workers of its own.
    func makeScene(workers: Int? = nil, task: String = "stress") throws(RoundFailure) -> StressScene {
        try StressScene(lock, workers: workers ?? self.workers, program: program, number: numbers(), task: task)
    }

    // MARK: Findings

    /// What hangs, or ended without being killed, in words; `nil` if nothing does.
    func stuck(_ scene: StressScene) throws(RoundFailure) -> String? { try scene.stuck(within: patience, outside) }

    /// The finding if no worker gets the lock.
    func noProgress(_ scene: StressScene) -> String { scene.noProgress(outside) }

    /// A breach, unless the worker that does not return has ended.
    func breach(_ scene: StressScene, _ exercise: Exercise, _ finding: String) -> Episode {
        if let end = scene.unexpectedEnd() { return Episode(hang: end) }
        return Episode(breach: (exercise, finding))
    }

    /// The episode for an error of the segment: a fault of the lock or the library, unless the machine is out of memory
    /// or resources.
    func failure(_ error: SharedMemoryError, _ what: String) throws(RoundFailure) -> Episode {
        if error.code == .outOfMemory || error.code == .outOfResources {
            throw .failed(RefusalReason.reason(error))
        }
        return Episode(corruption: "\(what): \(error.description)")
    }

    // MARK: Counting

    /// Counts the time from a fault to the next acquisition.
    mutating func countRecovery(from fault: UInt64, to seen: UInt64) {
        result.recovery.add(seen > fault ? seen - fault : 0)
    }
}
