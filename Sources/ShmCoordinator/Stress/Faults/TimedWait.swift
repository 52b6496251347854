internal import ShmHarness
internal import Synchronization

extension Fault {
    /// Waits come back at their deadlines, and leave no trace.
    public static let timedWait = Fault(
        name: "timed-wait", title: "timed",
        summary: "all waits have deadlines, which pass while one stays inside, or as it unlocks",
        aim: .exercise(.timedWait), needs: [],
        play: .byWorkers { (play, scene) throws(RoundFailure) in
            scene.arena.policy = .timedWaits
            defer { scene.arena.policy = .any }
            let late = try play.comeBack(scene) { $0.timedWaits.load(ordering: .relaxed) }
            if let late { return play.breach(scene, .timedWait, "all wait with deadlines, and \(late)") }
            let finding = "a wait with a deadline of 3 ms or less lasts for \(play.patience / 1_000_000_000) s"
            let overdue = try play.giveUp(scene, .timedWait, finding) { $0.expiries.load(ordering: .relaxed) }
            if let overdue { return overdue }
            // Deadlines that pass at the moment of the unlock, with no newcomer to make a lost wake-up good.
            for _ in 0..<4 {
                if let hang = try play.handOffAtDeadline(scene) { return Episode(hang: hang) }
            }
            scene.arena.policy = .any
            return Episode(hang: try play.stuck(scene))
        })
}

extension FaultPlay {
    /// One stays inside and releases when the deadline of the first in the queue passes; all must get the lock, or come back,
    /// without anyone's coming anew. Returns who waits for ever, in words.
    fileprivate mutating func handOffAtDeadline(_ scene: StressScene) throws(RoundFailure) -> String? {
        defer { scene.arena.isPaused = false }
        if let late = try scene.rest(within: patience) { return late }
        let everyone = scene.contending.shuffled(using: &generator)
        guard let first = everyone.first,
            let holder = try scene.holdAtRest(first, .holdUntilHandOff, .pass, within: patience)
        else { return nobody(scene) }
        // Far enough away for those that rest to come to the lock, nearer where they come sooner.
        scene.arena.handOff = Clock.now() + UInt64.random(in: 500_000..<3_000_000, using: &generator)
        for (place, worker) in everyone.dropFirst().enumerated() {
            scene.ask(worker, place.isMultiple(of: 2) ? .passUntilHandOff : .pass)
        }
        scene.arena.release(holder.order)
        return try scene.awaitAnswers(of: everyone, within: patience)
    }
}
