internal import ShmCore
internal import ShmHarness

/// What an episode of a fault has to play with, and what it counts.
struct FaultPlay {
    let fault: Fault
    let lock: LockKind
    let workers: Int
    let program: WorkerProgram
    /// Gives a number that no other round of this process has.
    let numbers: () -> Int
    let outside: OutsideFindings
    /// What the choice of targets, places and delays follows from.
    var generator: SplitMix64
    var result: StressResult

    /// A worker that waits for longer is taken to wait for ever, ns.
    var patience: Int { fault.patience(lock) }

    /// Workers of its own.
    func makeScene(workers: Int? = nil, task: String = "stress") throws(RoundFailure) -> StressScene {
        try StressScene(lock, workers: workers ?? self.workers, program: program, number: numbers(), task: task)
    }

    // MARK: Findings

    /// What waits for ever, or ended without being killed, in words.
    func stuck(_ scene: StressScene) throws(RoundFailure) -> String? { try scene.stuck(within: patience, outside) }

    /// The finding where no worker gets the lock.
    func nobody(_ scene: StressScene) -> String { scene.nobody(outside) }

    /// A breach, unless the worker that does not come back has ended.
    func breach(_ scene: StressScene, _ exercise: Exercise, _ finding: String) -> Episode {
        if let end = scene.unexpectedEnd() { return Episode(hang: end) }
        return Episode(breach: (exercise, finding))
    }

    /// What an error of the segment comes to: a fault of the lock or the library, unless the machine had nothing left.
    func failure(_ error: SharedMemoryError, _ what: String) throws(RoundFailure) -> Episode {
        if error.code == .outOfMemory || error.code == .outOfResources {
            throw .failed(MachineWant.reason(error))
        }
        return Episode(corruption: "\(what): \(error.description)")
    }

    // MARK: Counting

    /// Counts what passed from a fault to the next acquisition.
    mutating func countRecovery(from fault: UInt64, to seen: UInt64) {
        result.recovery.add(seen > fault ? seen - fault : 0)
    }
}
