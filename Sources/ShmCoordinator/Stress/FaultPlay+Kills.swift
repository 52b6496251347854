internal import ShmHarness

// What faults that kill have in common.
extension FaultPlay {
    /// Where in its section somebody is to stay.
    mutating func anyStage() -> StressOrder.Stage {
        StressOrder.Stage.allCases.randomElement(using: &generator) ?? .half
    }

    /// Kills, waits for the next acquisition, and replaces the dead.
    mutating func kill(_ targets: [Int], _ scene: StressScene) throws(RoundFailure) -> Episode {
        // Not before: the owner of this moment has seen the mark before.
        let mark = scene.arena.makeMark()
        let killed = scene.kill(targets)
        result.kills += targets.count
        for time in killed.reaping { result.reaping.add(time) }
        guard let seen = try scene.awaitSight(of: mark, within: patience) else { return Episode(hang: nobody(scene)) }
        countRecovery(from: killed.at, to: seen)
        return try replace(targets, scene)
    }

    /// Starts others in the places of the dead.
    func replace(_ targets: [Int], _ scene: StressScene) throws(RoundFailure) -> Episode {
        for target in targets { try scene.start(target) }
        try scene.awaitContending(min(scene.workers, 2))
        return Episode()
    }
}
