internal import Glibc
internal import ShmCore
internal import ShmHarness

extension StressTest {
    /// One stays inside, the others queue one after the other, each when the one before waits for certain; then the owner
    /// releases and at once comes back, three times in all. The order of grants must be what the lock promises.
    mutating func order(_ scene: StressScene, _ result: inout StressResult) throws(RoundFailure) -> Episode {
        let patience = patience(.order)
        defer { scene.arena.isPaused = false }
        if let late = try scene.rest(within: patience) { return Episode(hang: late) }
        let everyone = scene.contending.shuffled(using: &generator)
        let properties = lock.properties
        let isTimed = !properties.pollsUntilDeadline && Bool.random(using: &generator)
        guard let first = everyone.first,
            let holder = try scene.holdAtRest(first, .hold, .passThrice, within: patience)
        else { return Episode(hang: nobody(scene)) }
        let before = scene.arena.grants
        let queue = Array(everyone.dropFirst())
        var isCertain = true
        for waiter in queue where isCertain {
            scene.ask(waiter, isTimed ? .passWithDeadline : .pass)
            isCertain = try scene.awaitWaiting(waiter, within: 2_000_000_000)
        }
        scene.arena.release(holder.order)
        let asked = everyone.filter { !scene.hasAnswered($0) }
        _ = try scene.wait(within: patience) { asked.allSatisfy(scene.hasAnswered) }
        if let late = scene.whereabouts(of: asked.filter { !scene.hasAnswered($0) }) { return Episode(hang: late) }
        if !isCertain { return Episode(wasIdle: true) }
        let grants = scene.arena.grants(from: before)
        result.exercises.add(.order, 1)
        guard let finding = Self.disorder(properties.fairness, queue: queue, comesBack: first, grants: grants) else {
            return Episode()
        }
        return Episode(breach: (.order, finding + (isTimed ? ", waiting with a deadline" : "")))
    }

    /// What about grants is not in the order that is promised, in words.
    ///
    /// - Parameters:
    ///   - queue: who waited, in the order of arrival.
    ///   - comesBack: who held the lock meanwhile, and came twice again.
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
