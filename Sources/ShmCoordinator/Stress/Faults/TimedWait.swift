internal import ShmHarness
internal import Synchronization

extension Fault {
    /// Timed waits return at their deadlines, and leave no trace.
    public static let timedWait = Fault(
        name: "timed-wait", title: "timed",
        summary: "all waits have deadlines, which pass while another process holds the lock, or as it unlocks",
        aim: .exercise(.timedWait), needs: [],
        play: .byWorkers { (play, scene) throws(RoundFailure) in
            scene.arena.policy = .timedWaits
            defer { scene.arena.policy = .any }
            let late = try play.comeBack(scene) { $0.timedWaits.load(ordering: .relaxed) }
            if let late { return play.breach(scene, .timedWait, "all workers wait with deadlines, and \(late)") }
            let finding = "a wait with a deadline of 3 ms or less lasts for \(play.patience / 1_000_000_000) s"
            let overdue = try play.giveUp(scene, .timedWait, finding) { $0.expiries.load(ordering: .relaxed) }
            if let overdue { return overdue }
            // Deadlines that pass at the moment of the unlock, without a new arrival that could make up for a lost
            // wake-up.
            for _ in 0..<4 {
                if let hang = try play.handOffAtDeadline(scene) { return Episode(hang: hang) }
            }
            scene.arena.policy = .any
            return Episode(hang: try play.stuck(scene))
        })
}

extension FaultPlay {
    /// One worker stays inside, and releases the lock when the deadline of the first waiter passes; all must get the
    /// lock, or return, without a new arrival. Returns the workers that hang, in words.
    fileprivate mutating func handOffAtDeadline(_ scene: StressScene) throws(RoundFailure) -> String? {
        defer { scene.arena.isPaused = false }
        if let late = try scene.rest(within: patience) { return late }
        let everyone = scene.contending.shuffled(using: &generator)
        guard let first = everyone.first,
            let holder = try scene.holdAtRest(first, .holdUntilHandOff, .pass, within: patience)
        else { return noProgress(scene) }
        // Random, and far enough ahead for the resting workers to reach the lock.
        scene.arena.handOff = Clock.now() + UInt64.random(in: 500_000..<3_000_000, using: &generator)
        for (place, worker) in everyone.dropFirst().enumerated() {
            scene.ask(worker, place.isMultiple(of: 2) ? .passUntilHandOff : .pass)
        }
        scene.arena.release(holder.order)
        return try scene.awaitAnswers(of: everyone, within: patience)
    }
}
