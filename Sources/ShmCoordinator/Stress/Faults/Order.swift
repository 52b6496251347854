internal import Glibc
internal import ShmCore
internal import ShmHarness

extension Fault {
    /// One worker stays inside, and the others queue one by one, each once the one before certainly waits. Then the
    /// owner releases the lock and asks for it again at once, three passes in all. The order of grants must be the one
    /// that the lock promises.
    public static let order = Fault(
        name: "order", title: "order",
        summary: "waiters queue one by one, and the order of their grants is checked",
        aim: .exercise(.order), needs: [],
        play: .byWorkers { (play, scene) throws(RoundFailure) in
            defer { scene.arena.isPaused = false }
            if let late = try scene.rest(within: play.patience) { return Episode(hang: late) }
            let everyone = scene.contending.shuffled(using: &play.generator)
            let isTimed = !play.lock.properties.pollsUntilDeadline && Bool.random(using: &play.generator)
            guard let first = everyone.first,
                let holder = try scene.holdAtRest(first, .hold, .passThrice, within: play.patience)
            else { return Episode(hang: play.noProgress(scene)) }
            let before = scene.arena.grants
            let queue = Array(everyone.dropFirst())
            let isCertain = try scene.lineUp(queue, isTimed ? .passWithDeadline : .pass)
            scene.arena.release(holder.order)
            let asked = everyone.filter { !scene.hasAnswered($0) }
            if let late = try scene.awaitAnswers(of: asked, within: play.patience) { return Episode(hang: late) }
            if !isCertain { return Episode(wasIdle: true) }
            play.result.exercises.add(.order, 1)
            let grants = scene.arena.grants(from: before)
            let promised = play.lock.properties.fairness
            return disorder(promised, queue: queue, comesBack: first, grants: grants).map { finding in
                Episode(breach: (.order, finding + (isTimed ? ", waiting with a deadline" : "")))
            } ?? Episode()
        })

    /// What contradicts the promised order, in words; `nil` if nothing does.
    ///
    /// - Parameters:
    ///   - queue: the waiters, in the order of arrival.
    ///   - comesBack: the holder, which asked for the lock twice more.
    static func disorder(
        _ fairness: LockProperties.Fairness, queue: [Int], comesBack: Int, grants: [Int]
    ) -> String? {
        let names = { (workers: [Int]) in workers.map { "\($0 + 1)" }.joined(separator: ", ") }
        switch fairness {
        case .fifo where grants != queue + [comesBack, comesBack]:
            return "workers \(names(queue)) came in this order, then \(comesBack + 1); "
                + "the lock was granted to \(names(grants))"
        case .bounded:
            let passed = queue.first { waiter in
                grants.prefix { $0 != waiter }.count { $0 == comesBack } > 1
            }
            return passed.map {
                "worker \(comesBack + 1) passed worker \($0 + 1), which waited, more than once: "
                    + "the lock was granted to \(names(grants))"
            }
        default: return nil
        }
    }
}

extension StressScene {
    /// Makes workers ask for the lock one by one, each once the one before certainly waits; `false` if that could not
    /// be established.
    fileprivate func lineUp(_ queue: [Int], _ request: StressSlot.Request) throws(RoundFailure) -> Bool {
        for waiter in queue {
            ask(waiter, request)
            if try !awaitWaiting(waiter, within: 2_000_000_000) { return false }
        }
        return true
    }
}
