internal import ShmCore
internal import ShmHarness

/// A process of the background load: it uses CPU time until the coordinator kills it, and does nothing else.
enum BusyLoop {
    static func run(_ starter: Starter, _ numbers: [Int32]) -> WorkerExit {
        guard starter.dieWithCoordinator() else { return Complaint.refuse() }
        let segment = SharedMemory(key: RoundKeys(run: starter.run, round: Int(numbers[0])).arena)
        do {
            try segment.attach()
            // An arena has at least one worker; the words before the slots are where they are in each.
            guard let arena = Arena(segment, workers: 1) else {
                Complaint.say("cannot use the arena of this round: it is too small")
                return .setup
            }
            arena.joinBackground()
            try segment.detach()
        } catch {
            Complaint.say(error.description)
            return .setup
        }
        while true { Delay.spin(1_000_000) }
    }
}
