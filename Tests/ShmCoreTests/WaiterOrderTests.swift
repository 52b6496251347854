import ShmCore
import Testing

extension ShmCoreSuite {
    /// The order in which waiters get the lock.
    @Suite struct WaiterOrderTests {
        let scratch = Scratch()

        /// A process holds the lock, three more come one after the other, each when the one before waits for certain; then the owner
        /// releases, and at once comes back as the last. A lock that lets a running process pass those that it has yet to wake
        /// gives it to the owner.
        ///
        /// - Returns: in which order the lock was granted, in each of so many rounds; 0 is the owner that came back.
        private func grants(_ kind: LockKind, rounds: Int, timed: Bool = false) throws -> [[UInt32]] {
            let shared = try scratch.segment(size: 256, lock: kind)
            try shared.attach()
            let queue = try scratch.probes(4, shared)
            for probe in queue { try #require(try probe.ask("join") == "ok") }
            let suffix = timed ? " timed" : ""
            return try (0..<rounds).map { _ in
                shared.clear()
                try #require(try queue[0].ask("primitive-lock") == "ok acquired")
                for (place, waiter) in queue.enumerated().dropFirst() { try waiter.begin("enqueue \(place)\(suffix)") }
                #expect(try queue[0].ask("pass-on 0\(suffix)") == "ok")
                for waiter in queue.dropFirst() { #expect(try waiter.answer() == "ok") }
                return (17..<21).map(shared.word)
            }
        }

        /// In how many rounds it was another order than that of arrival.
        private func disorder(_ kind: LockKind, rounds: Int, timed: Bool = false) throws -> Int {
            try grants(kind, rounds: rounds, timed: timed).filter { $0 != [1, 2, 3, 0] }.count
        }

        @Test(arguments: LockKind.excluding.filter { $0.properties.fairness == .fifo })
        func `a lock that claims first come, first served grants in the order of arrival`(kind: LockKind) throws {
            #expect(try disorder(kind, rounds: 8) == 0)
        }

        @Test(
            arguments: LockKind.excluding.filter {
                $0.properties.fairness == .fifo && !$0.properties.pollsUntilDeadline
            })
        func `a waiter with a deadline keeps its turn, where the lock does not say that it polls`(kind: LockKind) throws
        {
            #expect(try disorder(kind, rounds: 8, timed: true) == 0)
        }

        /// Among those who wait the order is the lock's business.
        @Test(arguments: LockKind.excluding.filter { $0.properties.fairness == .bounded })
        func `who comes back does not pass those that wait, where nobody may be passed again and again`(
            kind: LockKind
        ) throws {
            for order in try grants(kind, rounds: 8) {
                #expect(order.last == 0 && Set(order) == [0, 1, 2, 3], "\(order)")
            }
        }

        @Test(arguments: [LockKind.futex, .pthreadMutex])
        func `a lock that barges is found out, so the tests above can fail`(kind: LockKind) throws {
            #expect(try disorder(kind, rounds: 8) > 0)
        }
    }
}
