internal import Glibc
internal import ShmHarness

extension Fault {
    /// The owner has the lowest priority for a CPU.
    public static let lowerPriority = Fault(
        name: "lower-priority", title: "nice",
        summary: "the owner gets the lowest priority (nice 19) while it holds the lock",
        aim: .disturbance, needs: [],
        hindrance: { _ in geteuid() == 0 ? nil : "only root may raise a priority again" },
        play: .byWorkers { (play, scene) throws(RoundFailure) in
            let order = { StressOrder(kind: .holdBusily, stage: .half, id: $0) }
            guard let holder = try scene.hold(order, within: play.patience),
                let process = scene.process(holder.worker)
            else { return Episode(hang: play.noProgress(scene)) }
            process.setNiceness(19)
            defer { process.setNiceness(0) }
            usleep(2_000)
            let mark = scene.arena.makeMark()
            let released = Clock.now()
            scene.arena.release(holder.order)
            guard let seen = try scene.awaitSight(of: mark, within: play.patience) else {
                return Episode(hang: play.noProgress(scene))
            }
            play.countRecovery(from: released, to: seen)
            return Episode()
        })
}
