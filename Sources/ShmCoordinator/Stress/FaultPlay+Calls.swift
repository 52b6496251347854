internal import ShmHarness

// Common parts of the faults that use tryLock and timed waits.
extension FaultPlay {
    /// How often each call must have returned without the lock while one worker holds it.
    private static let enough: UInt64 = 3

    /// Waits until calls of all workers have returned several times, and at least one with the lock; returns what does
    /// not. Which worker gets the lock is up to the lock.
    func comeBack(_ scene: StressScene, _ calls: (borrowing StressSlot) -> UInt64) throws(RoundFailure) -> String? {
        let late = try scene.awaitGrowth(of: scene.contending, by: Self.enough, within: patience, calls)
        if let late = scene.whereabouts(of: late) { return "one does not return: \(late)" }
        // Only now have all workers left the calls that they were in before.
        let finished = scene.arena.finished
        let isTaken = try scene.wait(within: patience) { scene.arena.finished != finished }
        return isTaken ? nil : "none gets the lock, which is free: \(noProgress(scene))"
    }

    /// One worker holds the lock until calls of all others have returned without it several times; returns what is
    /// wrong if they do not.
    func giveUp(
        _ scene: StressScene, _ exercise: Exercise, _ finding: String, _ calls: (borrowing StressSlot) -> UInt64
    ) throws(RoundFailure) -> Episode? {
        guard let holder = try scene.hold(at: .half, within: patience) else { return Episode(hang: noProgress(scene)) }
        let others = scene.contending.filter { $0 != holder.worker }
        let late = try scene.awaitGrowth(of: others, by: Self.enough, within: patience, calls)
        let whereabouts = scene.whereabouts(of: late)
        scene.arena.release(holder.order)
        return whereabouts.map { breach(scene, exercise, "\(finding): \($0)") }
    }
}
