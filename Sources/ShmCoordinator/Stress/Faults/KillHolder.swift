extension Fault {
    /// The owner dies in its critical section.
    public static let killHolder = Fault(
        name: "kill-holder", title: "holder",
        summary: "the owner is killed, at any point of its critical section, while others wait",
        aim: .death, needs: [.survivesOwnerDeath],
        play: .byWorkers { (play, scene) throws(RoundFailure) in
            let stage = play.anyStage()
            guard let holder = try scene.hold(at: stage, within: play.patience) else {
                return Episode(hang: play.noProgress(scene))
            }
            _ = try scene.waiters(but: holder.worker)
            return try play.kill([holder.worker], scene)
        })
}
