internal import Glibc
internal import ShmCore
internal import ShmHarness
internal import Synchronization

// What a lock offers beside lock and unlock: tries, deadlines, readers.
extension StressTest {
    /// How often all must have come back without the lock while one stays inside.
    private static let enough: UInt64 = 3

    func tryLock(_ scene: StressScene) throws(RoundFailure) -> Episode {
        let patience = patience(.tryLock)
        scene.arena.policy = .tries
        defer { scene.arena.policy = .any }
        let late = try comeBack(scene, patience) { $0.tries.load(ordering: .relaxed) }
        if let late { return breach(scene, .tryLock, "all only try, and \(late)") }
        let overdue = try giveUp(scene, .tryLock, patience, "a try of a lock that is held does not come back") {
            $0.refusals.load(ordering: .relaxed)
        }
        if let overdue { return overdue }
        scene.arena.policy = .any
        return Episode(hang: try stuck(scene, patience))
    }

    /// Waits until calls of all workers have come back some times, and one of them with the lock; says what does not. Who of
    /// them gets it is for the lock to choose.
    private func comeBack(
        _ scene: StressScene, _ patience: Int, _ calls: (borrowing StressSlot) -> UInt64
    ) throws(RoundFailure) -> String? {
        let late = try scene.awaitGrowth(of: scene.contending, by: Self.enough, within: patience, calls)
        if let late = scene.whereabouts(of: late) { return "one does not come back: \(late)" }
        // Only now have all left the calls that they were in before.
        let finished = scene.arena.finished
        let isTaken = try scene.wait(within: patience) { scene.arena.finished != finished }
        return isTaken ? nil : "none gets the lock, which is free: \(nobody(scene))"
    }

    /// One stays inside until calls of all others have come back without the lock some times; returns what is wrong where they
    /// do not.
    private func giveUp(
        _ scene: StressScene, _ exercise: Exercise, _ patience: Int, _ finding: String,
        _ calls: (borrowing StressSlot) -> UInt64
    ) throws(RoundFailure) -> Episode? {
        guard let holder = try scene.hold({ StressOrder(kind: .hold, stage: .half, id: $0) }, within: patience) else {
            return Episode(hang: nobody(scene))
        }
        let others = scene.contending.filter { $0 != holder.worker }
        let late = scene.whereabouts(
            of: try scene.awaitGrowth(of: others, by: Self.enough, within: patience, calls))
        scene.arena.release(holder.order)
        return late.map { breach(scene, exercise, "\(finding): \($0)") }
    }

    mutating func timedWait(_ scene: StressScene) throws(RoundFailure) -> Episode {
        let patience = patience(.timedWait)
        scene.arena.policy = .timedWaits
        defer { scene.arena.policy = .any }
        let late = try comeBack(scene, patience) { $0.timedWaits.load(ordering: .relaxed) }
        if let late { return breach(scene, .timedWait, "all wait with deadlines, and \(late)") }
        let finding = "a wait with a deadline of 3 ms or less lasts for \(patience / 1_000_000_000) s"
        let overdue = try giveUp(scene, .timedWait, patience, finding) { $0.expiries.load(ordering: .relaxed) }
        if let overdue { return overdue }
        // Deadlines that pass at the moment of the unlock, with no newcomer to make a lost wake-up good.
        for _ in 0..<4 {
            if let hang = try handOffAtDeadline(scene, patience) { return Episode(hang: hang) }
        }
        scene.arena.policy = .any
        return Episode(hang: try stuck(scene, patience))
    }

    /// One stays inside and releases when the deadline of the first in the queue passes; all must get the lock, or come back,
    /// without anyone's coming anew. Returns who waits for ever, in words.
    private mutating func handOffAtDeadline(_ scene: StressScene, _ patience: Int) throws(RoundFailure) -> String? {
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
        _ = try scene.wait(within: patience) { everyone.allSatisfy(scene.hasAnswered) }
        return scene.whereabouts(of: everyone.filter { !scene.hasAnswered($0) })
    }

    func readers(_ scene: StressScene) throws(RoundFailure) -> Episode {
        let patience = patience(.readers)
        scene.arena.policy = .reads
        defer { scene.arena.policy = .any }
        let everyone = scene.contending
        let late = try scene.awaitGrowth(of: everyone, by: 2, within: patience) { $0.reads.load(ordering: .relaxed) }
        if let late = scene.whereabouts(of: late) {
            return breach(scene, .readers, "all only read, and yet one does not come to it: \(late)")
        }
        let stay = { StressOrder(kind: .hold, stage: .before, id: $0) }
        guard let one = try scene.hold(stay, within: patience) else { return Episode(hang: nobody(scene)) }
        guard let other = try scene.hold(stay, within: patience) else {
            scene.arena.release(one.order)
            return breach(scene, .readers, "no second reader comes in while one is inside")
        }
        // Writers come, and must not change what the two look at.
        scene.arena.policy = .lock
        usleep(1_000)
        for holder in [one, other] {
            scene.arena.release(holder.order)
            _ = try scene.wait(within: patience) { scene.state(holder.worker) != .holding }
        }
        scene.arena.policy = .any
        return Episode(hang: try stuck(scene, patience))
    }

    /// A breach, unless the worker that does not come back has ended.
    private func breach(_ scene: StressScene, _ exercise: Exercise, _ finding: String) -> Episode {
        if let end = scene.unexpectedEnd() { return Episode(hang: end) }
        return Episode(breach: (exercise, finding))
    }
}
