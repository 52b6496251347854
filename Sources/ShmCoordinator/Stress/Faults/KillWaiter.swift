internal import ShmHarness

extension Fault {
    /// A waiter dies.
    public static let killWaiter = Fault(
        name: "kill-waiter", title: "waiter",
        summary: "a waiter is killed while another process holds the lock",
        aim: .death, needs: [.survivesWaiterDeath],
        play: .byWorkers { (play, scene) throws(RoundFailure) in
            guard let holder = try scene.hold(at: .half, within: play.patience) else {
                return Episode(hang: play.noProgress(scene))
            }
            guard let target = try scene.waiters(but: holder.worker).randomElement(using: &play.generator) else {
                scene.arena.release(holder.order)
                return Episode(wasIdle: true)
            }
            play.result.reaping.add(scene.kill([target]).reaping[0])
            play.result.kills += 1
            let mark = scene.arena.makeMark()
            let released = Clock.now()
            scene.arena.release(holder.order)
            guard let seen = try scene.awaitSight(of: mark, within: play.patience) else {
                return Episode(hang: play.noProgress(scene))
            }
            play.countRecovery(from: released, to: seen)
            return try play.replace([target], scene)
        })
}
