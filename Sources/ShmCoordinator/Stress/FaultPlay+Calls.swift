internal import ShmHarness

// What faults that try and that wait with deadlines have in common.
extension FaultPlay {
    /// How often all must have come back without the lock while one stays inside.
    private static let enough: UInt64 = 3

    /// Waits until calls of all workers have come back some times, and one of them with the lock; says what does not. Who of
    /// them gets it is for the lock to choose.
    func comeBack(_ scene: StressScene, _ calls: (borrowing StressSlot) -> UInt64) throws(RoundFailure) -> String? {
        let late = try scene.awaitGrowth(of: scene.contending, by: Self.enough, within: patience, calls)
        if let late = scene.whereabouts(of: late) { return "one does not come back: \(late)" }
        // Only now have all left the calls that they were in before.
        let finished = scene.arena.finished
        let isTaken = try scene.wait(within: patience) { scene.arena.finished != finished }
        return isTaken ? nil : "none gets the lock, which is free: \(nobody(scene))"
    }

    /// One stays inside until calls of all others have come back without the lock some times; returns what is wrong where they
    /// do not.
    func giveUp(
        _ scene: StressScene, _ exercise: Exercise, _ finding: String, _ calls: (borrowing StressSlot) -> UInt64
    ) throws(RoundFailure) -> Episode? {
        guard let holder = try scene.hold(at: .half, within: patience) else { return Episode(hang: nobody(scene)) }
        let others = scene.contending.filter { $0 != holder.worker }
        let late = try scene.awaitGrowth(of: others, by: Self.enough, within: patience, calls)
        let whereabouts = scene.whereabouts(of: late)
        scene.arena.release(holder.order)
        return whereabouts.map { breach(scene, exercise, "\(finding): \($0)") }
    }
}
