internal import Glibc
internal import ShmHarness
internal import Synchronization

extension Fault {
    /// Readers share the lock with each other, and never with a writer.
    public static let readers = Fault(
        name: "readers", title: "read",
        summary: "two readers hold the lock at once, and writers wait for them",
        aim: .exercise(.readers), needs: [],
        play: .byWorkers { (play, scene) throws(RoundFailure) in
            scene.arena.policy = .reads
            defer { scene.arena.policy = .any }
            let late = try scene.awaitGrowth(of: scene.contending, by: 2, within: play.patience) {
                $0.reads.load(ordering: .relaxed)
            }
            if let late = scene.whereabouts(of: late) {
                return play.breach(
                    scene, .readers, "all workers only read, and a process does not get the lock: \(late)")
            }
            guard let one = try scene.hold(at: .before, within: play.patience) else {
                return Episode(hang: play.noProgress(scene))
            }
            guard let other = try scene.hold(at: .before, within: play.patience) else {
                scene.arena.release(one.order)
                return play.breach(scene, .readers, "no second reader gets the lock while one holds it")
            }
            // Writers arrive, and must not change the data that the two readers compare.
            scene.arena.policy = .lock
            usleep(1_000)
            for holder in [one, other] {
                scene.arena.release(holder.order)
                _ = try scene.wait(within: play.patience) { scene.state(holder.worker) != .holding }
            }
            scene.arena.policy = .any
            return Episode(hang: try play.stuck(scene))
        })
}
