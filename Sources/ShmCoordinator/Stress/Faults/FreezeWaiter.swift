internal import Glibc
internal import ShmHarness

extension Fault {
    /// A waiter is stopped while the lock is released: if it is the next in a queue, the others stall.
    public static let freezeWaiter = Fault(
        name: "freeze-waiter", title: "frz-w",
        summary: "a waiter is stopped for 5 ms while the lock is released, then continued",
        aim: .disturbance, needs: [],
        play: .byWorkers { (play, scene) throws(RoundFailure) in
            guard let holder = try scene.hold(at: .half, within: play.patience) else {
                return Episode(hang: play.noProgress(scene))
            }
            guard let target = try scene.waiters(but: holder.worker).randomElement(using: &play.generator),
                let process = scene.process(target)
            else {
                scene.arena.release(holder.order)
                return Episode(wasIdle: true)
            }
            process.send(SIGSTOP)
            scene.fleet.beginStop(target)
            scene.arena.release(holder.order)
            usleep(FaultPlay.freeze / 2)
            let halfway = scene.arena.finished
            usleep(FaultPlay.freeze / 2)
            let stalled = scene.arena.finished == halfway
            let mark = scene.arena.makeMark()
            scene.fleet.endStop(target)
            let resumed = Clock.now()
            process.send(SIGCONT)
            guard let seen = try scene.awaitSight(of: mark, within: play.patience) else {
                return Episode(hang: play.noProgress(scene), stalled: stalled)
            }
            play.countRecovery(from: resumed, to: seen)
            return Episode(stalled: stalled)
        })
}
