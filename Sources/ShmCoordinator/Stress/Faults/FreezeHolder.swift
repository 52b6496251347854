internal import Glibc
internal import ShmHarness

extension Fault {
    /// The owner is stopped: no other process may enter.
    public static let freezeHolder = Fault(
        name: "freeze-holder", title: "frz-h",
        summary: "the owner is stopped (SIGSTOP) for 5 ms, then continued",
        aim: .disturbance, needs: [],
        play: .byWorkers { (play, scene) throws(RoundFailure) in
            guard let holder = try scene.hold(at: .half, within: play.patience),
                let process = scene.process(holder.worker)
            else { return Episode(hang: play.noProgress(scene)) }
            process.send(SIGSTOP)
            scene.fleet.beginStop(holder.worker)
            let mark = scene.arena.makeMark()
            scene.arena.release(holder.order)
            usleep(FaultPlay.freeze)
            let gotIn = scene.data.seen.mark == mark
            scene.fleet.endStop(holder.worker)
            let resumed = Clock.now()
            process.send(SIGCONT)
            guard let seen = try scene.awaitSight(of: mark, within: play.patience) else {
                return Episode(hang: play.noProgress(scene))
            }
            if gotIn { return Episode(corruption: "another process got the lock while its owner was stopped") }
            play.countRecovery(from: resumed, to: seen)
            return Episode()
        })
}

extension FaultPlay {
    /// How long a process is stopped, in µs.
    static let freeze: UInt32 = 5_000
}
