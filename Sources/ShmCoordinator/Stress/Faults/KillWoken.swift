internal import Glibc
internal import ShmHarness

extension Fault {
    /// A waiter dies as it is woken. The owner itself kills it, so that the kill is within microseconds of the unlock.
    public static let killWoken = Fault(
        name: "kill-woken", title: "woken",
        summary: "a waiter is killed around the unlock, up to 20 µs before or after",
        aim: .death, needs: [.survivesOwnerDeath],
        play: .byWorkers { (play, scene) throws(RoundFailure) in
            let kill = Bool.random(using: &play.generator) ? StressOrder.Kill.afterUnlock : .beforeUnlock
            // Up to 20 µs after the unlock. Before the unlock the delay is shorter: the owner spends it inside.
            let delay = UInt16.random(in: 0...(kill == .afterUnlock ? 312 : 30), using: &play.generator)
            let order = { StressOrder(kind: .hold, stage: .half, kill: kill, delay: delay, id: $0) }
            guard let holder = try scene.hold(order, within: play.patience) else {
                return Episode(hang: play.noProgress(scene))
            }
            guard let target = try scene.waiters(but: holder.worker).randomElement(using: &play.generator),
                let process = scene.process(target)
            else {
                scene.arena.target = nil
                scene.arena.release(holder.order)
                return Episode(wasIdle: true)
            }
            let released = Clock.now()
            try scene.letKill(target, process, by: holder)
            play.result.kills += 1
            // The target itself may have been the next owner, so an acquisition after its end is required.
            let mark = scene.arena.makeMark()
            guard let seen = try scene.awaitSight(of: mark, within: play.patience) else {
                return Episode(hang: play.noProgress(scene))
            }
            play.countRecovery(from: released, to: seen)
            return try play.replace([target], scene)
        })
}

extension StressScene {
    /// Releases an owner, which then kills another worker; reaps that worker.
    fileprivate func letKill(_ target: Int, _ process: ChildProcess, by holder: Holder) throws(RoundFailure) {
        announceKill(of: target)
        arena.target = (target, process.pid)
        arena.release(holder.order)
        _ = try Patience.after(.seconds(2)).wait { process.hasEnded }
        // Once it is reaped, its process id may be reused, so no worker may aim at it from then on.
        arena.target = nil
        process.send(SIGKILL)
        fleet.reap(target)
    }
}
