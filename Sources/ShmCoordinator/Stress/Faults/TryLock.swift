internal import ShmHarness
internal import Synchronization

extension Fault {
    /// Tries come back at once, with the lock where it is free.
    public static let tryLock = Fault(
        name: "try-lock", title: "try",
        summary: "all processes only try the lock, while one stays inside and while none does",
        aim: .exercise(.tryLock), needs: [],
        play: .byWorkers { (play, scene) throws(RoundFailure) in
            scene.arena.policy = .tries
            defer { scene.arena.policy = .any }
            let late = try play.comeBack(scene) { $0.tries.load(ordering: .relaxed) }
            if let late { return play.breach(scene, .tryLock, "all only try, and \(late)") }
            let finding = "a try of a lock that is held does not come back"
            let overdue = try play.giveUp(scene, .tryLock, finding) { $0.refusals.load(ordering: .relaxed) }
            if let overdue { return overdue }
            scene.arena.policy = .any
            return Episode(hang: try play.stuck(scene))
        })
}
