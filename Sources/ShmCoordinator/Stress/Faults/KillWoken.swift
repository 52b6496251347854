internal import Glibc
internal import ShmHarness

extension Fault {
    /// A waiter dies as it is woken: by the owner itself, so that the kill comes within microseconds of the unlock.
    public static let killWoken = Fault(
        name: "kill-woken", title: "woken",
        summary: "a process that waits is killed at the moment of the unlock, up to 20 µs before or after",
        aim: .death, needs: [.survivesOwnerDeath],
        play: .byWorkers { (play, scene) throws(RoundFailure) in
            let kill = Bool.random(using: &play.generator) ? StressOrder.Kill.afterUnlock : .beforeUnlock
            // Up to 20 µs after the unlock; before it, most of that would be spent inside.
            let delay = UInt16.random(in: 0...(kill == .afterUnlock ? 312 : 30), using: &play.generator)
            let order = { StressOrder(kind: .hold, stage: .half, kill: kill, delay: delay, id: $0) }
            guard let holder = try scene.hold(order, within: play.patience) else {
                return Episode(hang: play.nobody(scene))
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
            // The target itself may have been the next: an acquisition after its end is asked for.
            let mark = scene.arena.makeMark()
            guard let seen = try scene.awaitSight(of: mark, within: play.patience) else {
                return Episode(hang: play.nobody(scene))
            }
            play.countRecovery(from: released, to: seen)
            return try play.replace([target], scene)
        })
}

extension StressScene {
    /// Lets an owner go on, which then kills another worker, and reaps that.
    fileprivate func letKill(_ target: Int, _ process: ChildProcess, by holder: Holder) throws(RoundFailure) {
        announceKill(of: target)
        arena.target = (target, process.pid)
        arena.release(holder.order)
        _ = try Patience.after(.seconds(2)).wait { process.hasEnded }
        // Its process id may be used again once it is reaped, so no worker may aim at it from then on.
        arena.target = nil
        process.send(SIGKILL)
        fleet.reap(target)
    }
}
