internal import Glibc
internal import ShmCore
internal import ShmHarness
internal import Synchronization

/// Where a worker of a stress test finds its coordinator, its segments and its slot.
struct StressPlace {
    let starter: Starter
    let round: Int32
    let worker: Int32
    let workers: Int32

    init(_ starter: Starter, _ numbers: [Int32]) {
        self.starter = starter
        (round, worker, workers) = (numbers[0], numbers[1], numbers[2])
    }

    /// Attaches to the arena and does the work, which is given the test segment's handle; it returns the errno of a lock that
    /// failed.
    func enter(_ work: (SharedMemory, StressArena, Int) throws(SharedMemoryError) -> Int32?) -> WorkerExit {
        guard starter.bind() else { return Complaint.refuse() }
        // Waits that a signal interrupts must go on: the handler does nothing, and calls are not restarted for it.
        var action = sigaction()
        unsafe action.__sigaction_handler.sa_handler = { _ in }
        unsafe sigaction(SIGUSR1, &action, nil)
        let keys = RoundKeys(run: starter.run, round: Int(round))
        let arenaSegment = SharedMemory(key: keys.arena)
        do {
            try arenaSegment.attach()
            guard let arena = StressArena(arenaSegment, workers: Int(workers)), worker >= 0, worker < workers else {
                Complaint.say("was given segments that do not fit its arguments")
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
