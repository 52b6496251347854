extension Fault {
    /// The owner dies, and half of the others with it.
    public static let killMany = Fault(
        name: "kill-many", title: "many",
        summary: "the owner and half of the others are killed at once",
        aim: .death, needs: [.survivesOwnerDeath, .survivesWaiterDeath],
        play: .byWorkers { (play, scene) throws(RoundFailure) in
            let stage = play.anyStage()
            guard let holder = try scene.hold(at: stage, within: play.patience) else {
                return Episode(hang: play.noProgress(scene))
            }
            _ = try scene.waiters(but: holder.worker, atLeast: scene.workers - 1)
            let others = scene.live.filter { $0 != holder.worker }.shuffled(using: &play.generator)
            let half = max(0, min(others.count - 1, (others.count + 1) / 2))
            return try play.kill([holder.worker] + others.prefix(half), scene)
        })
}
