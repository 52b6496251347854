internal import Glibc
internal import ShmCore
internal import ShmHarness
internal import Synchronization

// What a lock offers beside lock and unlock: tries, deadlines, readers.
extension StressTest {
    /// How often all must have come back without the lock while one stays inside.
    private static let enough: UInt64 = 3

    func tryLock(_ fleet: StressFleet) throws(RoundFailure) -> Episode {
        let patience = patience(.tryLock)
        fleet.arena.policy = .tries
        defer { fleet.arena.policy = .any }
        let late = try comeBack(fleet, patience) { $0.tries.load(ordering: .relaxed) }
        if let late { return breach(fleet, .tryLock, "all only try, and \(late)") }
        let overdue = try giveUp(fleet, .tryLock, patience, "a try of a lock that is held does not come back") {
            $0.refusals.load(ordering: .relaxed)
        }
        if let overdue { return overdue }
        fleet.arena.policy = .any
        return Episode(hang: try stuck(fleet, patience))
    }

    /// Waits until calls of all workers have come back some times, and one of them with the lock; says what does not. Who of
    /// them gets it is for the lock to choose.
    private func comeBack(
        _ fleet: StressFleet, _ patience: Int, _ calls: (borrowing StressSlot) -> UInt64
    ) throws(RoundFailure) -> String? {
        let late = try fleet.awaitGrowth(of: fleet.contending, by: Self.enough, within: patience, calls)
        if let late = fleet.whereabouts(of: late) { return "one does not come back: \(late)" }
        // Only now have all left the calls that they were in before.
        let finished = fleet.arena.finished
        let isTaken = try fleet.wait(within: patience) { fleet.arena.finished != finished }
        return isTaken ? nil : "none gets the lock, which is free: \(nobody(fleet))"
    }

    /// One stays inside until calls of all others have come back without the lock some times; returns what is wrong where they
    /// do not.
    private func giveUp(
        _ fleet: StressFleet, _ exercise: Exercise, _ patience: Int, _ finding: String,
        _ calls: (borrowing StressSlot) -> UInt64
    ) throws(RoundFailure) -> Episode? {
        guard let holder = try fleet.hold({ StressOrder(kind: .hold, stage: .half, id: $0) }, within: patience) else {
            return Episode(hang: nobody(fleet))
        }
        let others = fleet.contending.filter { $0 != holder.worker }
        let late = fleet.whereabouts(
            of: try fleet.awaitGrowth(of: others, by: Self.enough, within: patience, calls))
        fleet.arena.release(holder.order)
        return late.map { breach(fleet, exercise, "\(finding): \($0)") }
    }

    mutating func timedWait(_ fleet: StressFleet) throws(RoundFailure) -> Episode {
        let patience = patience(.timedWait)
        fleet.arena.policy = .timedWaits
        defer { fleet.arena.policy = .any }
        let late = try comeBack(fleet, patience) { $0.timedWaits.load(ordering: .relaxed) }
        if let late { return breach(fleet, .timedWait, "all wait with deadlines, and \(late)") }
        let finding = "a wait with a deadline of 3 ms or less lasts for \(patience / 1_000_000_000) s"
        let overdue = try giveUp(fleet, .timedWait, patience, finding) { $0.expiries.load(ordering: .relaxed) }
        if let overdue { return overdue }
        // Deadlines that pass at the moment of the unlock, with no newcomer to make a lost wake-up good.
        for _ in 0..<4 {
            if let hang = try handOffAtDeadline(fleet, patience) { return Episode(hang: hang) }
        }
        fleet.arena.policy = .any
        return Episode(hang: try stuck(fleet, patience))
    }

    /// One stays inside and releases when the deadline of the first in the queue passes; all must get the lock, or come back,
    /// without anyone's coming anew. Returns who waits for ever, in words.
    private mutating func handOffAtDeadline(_ fleet: StressFleet, _ patience: Int) throws(RoundFailure) -> String? {
        defer { fleet.arena.isPaused = false }
        if let late = try fleet.rest(within: patience) { return late }
        let everyone = fleet.contending.shuffled(using: &generator)
        guard let first = everyone.first,
            let holder = try fleet.holdAtRest(first, .holdUntilHandOff, .pass, within: patience)
        else { return nobody(fleet) }
        // Far enough away for those that rest to come to the lock, nearer where they come sooner.
        fleet.arena.handOff = Clock.now() + UInt64.random(in: 500_000..<3_000_000, using: &generator)
        for (place, worker) in everyone.dropFirst().enumerated() {
            fleet.ask(worker, place.isMultiple(of: 2) ? .passUntilHandOff : .pass)
        }
        fleet.arena.release(holder.order)
        _ = try fleet.wait(within: patience) { everyone.allSatisfy(fleet.hasAnswered) }
        return fleet.whereabouts(of: everyone.filter { !fleet.hasAnswered($0) })
    }

    func readers(_ fleet: StressFleet) throws(RoundFailure) -> Episode {
        let patience = patience(.readers)
        fleet.arena.policy = .reads
        defer { fleet.arena.policy = .any }
        let everyone = fleet.contending
        let late = try fleet.awaitGrowth(of: everyone, by: 2, within: patience) { $0.reads.load(ordering: .relaxed) }
        if let late = fleet.whereabouts(of: late) {
            return breach(fleet, .readers, "all only read, and yet one does not come to it: \(late)")
        }
        let stay = { StressOrder(kind: .hold, stage: .before, id: $0) }
        guard let one = try fleet.hold(stay, within: patience) else { return Episode(hang: nobody(fleet)) }
        guard let other = try fleet.hold(stay, within: patience) else {
            fleet.arena.release(one.order)
            return breach(fleet, .readers, "no second reader comes in while one is inside")
        }
        // Writers come, and must not change what the two look at.
        fleet.arena.policy = .lock
        usleep(1_000)
        for holder in [one, other] {
            fleet.arena.release(holder.order)
            _ = try fleet.wait(within: patience) { fleet.state(holder.worker) != .holding }
        }
        fleet.arena.policy = .any
        return Episode(hang: try stuck(fleet, patience))
    }

    /// A breach, unless the worker that does not come back has ended.
    private func breach(_ fleet: StressFleet, _ exercise: Exercise, _ finding: String) -> Episode {
        if let end = fleet.unexpectedEnd() { return Episode(hang: end) }
        return Episode(breach: (exercise, finding))
    }
}
