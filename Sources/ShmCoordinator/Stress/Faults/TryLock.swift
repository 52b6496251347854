internal import ShmHarness
internal import Synchronization

extension Fault {
    /// Tries return at once, with the lock if it is free.
    public static let tryLock = Fault(
        name: "try-lock", title: "try",
        summary: "all processes use tryLock, while one holds the lock and while none does",
        aim: .exercise(.tryLock), needs: [],
        play: .byWorkers { (play, scene) throws(RoundFailure) in
            scene.arena.policy = .tries
            defer { scene.arena.policy = .any }
            let late = try play.comeBack(scene) { $0.tries.load(ordering: .relaxed) }
            if let late { return play.breach(scene, .tryLock, "all workers only try, and \(late)") }
            let finding = "a try of a held lock does not return"
            let overdue = try play.giveUp(scene, .tryLock, finding) { $0.refusals.load(ordering: .relaxed) }
            if let overdue { return overdue }
            scene.arena.policy = .any
            return Episode(hang: try play.stuck(scene))
        })
}
