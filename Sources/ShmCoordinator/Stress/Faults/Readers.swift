internal import Glibc
internal import ShmHarness
internal import Synchronization

extension Fault {
    /// Readers share the lock with one another, and with no writer.
    public static let readers = Fault(
        name: "readers", title: "read",
        summary: "two readers stay inside side by side, and writers wait for them",
        aim: .exercise(.readers), needs: [],
        play: .byWorkers { (play, scene) throws(RoundFailure) in
            scene.arena.policy = .reads
            defer { scene.arena.policy = .any }
            let late = try scene.awaitGrowth(of: scene.contending, by: 2, within: play.patience) {
                $0.reads.load(ordering: .relaxed)
            }
            if let late = scene.whereabouts(of: late) {
                return play.breach(scene, .readers, "all only read, and yet one does not come to it: \(late)")
            }
            guard let one = try scene.hold(at: .before, within: play.patience) else {
                return Episode(hang: play.nobody(scene))
            }
            guard let other = try scene.hold(at: .before, within: play.patience) else {
                scene.arena.release(one.order)
                return play.breach(scene, .readers, "no second reader comes in while one is inside")
            }
            // Writers come, and must not change what the two look at.
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
