internal import ShmHarness

// Common parts of the faults that kill.
extension FaultPlay {
    /// A random point of the critical section.
    mutating func anyStage() -> StressOrder.Stage {
        StressOrder.Stage.allCases.randomElement(using: &generator) ?? .half
    }

    /// Kills the targets, waits for the next acquisition, and replaces them.
    mutating func kill(_ targets: [Int], _ scene: StressScene) throws(RoundFailure) -> Episode {
        // The mark is set only now: the current owner has already seen the one before.
        let mark = scene.arena.makeMark()
        let killed = scene.kill(targets)
        result.kills += targets.count
        for time in killed.reaping { result.reaping.add(time) }
        guard let seen = try scene.awaitSight(of: mark, within: patience) else {
            return Episode(hang: noProgress(scene))
        }
        countRecovery(from: killed.at, to: seen)
        return try replace(targets, scene)
    }

    /// Starts replacements of killed workers.
    func replace(_ targets: [Int], _ scene: StressScene) throws(RoundFailure) -> Episode {
        for target in targets { try scene.start(target) }
        try scene.awaitContending(min(scene.workers, 2))
        return Episode()
    }
}
