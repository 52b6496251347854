internal import Glibc
internal import ShmCore
internal import ShmHarness
internal import Synchronization

/// The coordinator, the segments and the slot of a worker of a stress test.
struct StressPlace {
    let starter: Starter
    let round: Int32
    let worker: Int32
    let workers: Int32

    init(_ starter: Starter, _ numbers: [Int32]) {
        self.starter = starter
        (round, worker, workers) = (numbers[0], numbers[1], numbers[2])
    }

    /// Attaches to the arena and runs the body with a handle for the test segment; the body returns the errno of a
    /// failed lock.
    func enter(_ work: (SharedMemory, StressArena, Int) throws(SharedMemoryError) -> Int32?) -> WorkerExit {
        guard starter.dieWithCoordinator() else { return Complaint.refuse() }
        // The handler does nothing and has no SA_RESTART: waits are interrupted by SIGUSR1 (EINTR), and the lock must
        // continue them.
        var action = sigaction()
        unsafe action.__sigaction_handler.sa_handler = { _ in }
        unsafe sigaction(SIGUSR1, &action, nil)
        let keys = RoundKeys(run: starter.run, round: Int(round))
        let arenaSegment = SharedMemory(key: keys.arena)
        do {
            try arenaSegment.attach()
            guard let arena = StressArena(arenaSegment, workers: Int(workers)), worker >= 0, worker < workers else {
                Complaint.say("cannot use the segments of this round: they do not fit its arguments")
                return .setup
            }
            unsafe arena.slot(Int(worker)).pointee.process.store(getpid(), ordering: .relaxed)
            let failure = try work(SharedMemory(key: keys.test), arena, Int(worker))
            return failure == nil ? .done : .lock
        } catch {
            Complaint.say(error.description)
            return .setup
        }
    }
}
