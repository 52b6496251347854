import ShmCore
import Testing

extension ShmCoreSuite {
    /// The order in which waiters get the lock.
    @Suite struct WaiterOrderTests {
        let scratch = Scratch()

        /// A process holds the lock. Three more arrive one after the other, each once the previous one waits. Then the
        /// owner releases the lock and at once comes back as the last. A lock that allows barging gives it to the
        /// owner, ahead of the waiters that still have to wake.
        ///
        /// - Returns: the order of grants in each round; 0 is the returning owner.
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

        /// The number of rounds whose order was not that of arrival.
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
        func `a waiter with a deadline keeps its position unless the lock polls`(kind: LockKind) throws {
            #expect(try disorder(kind, rounds: 8, timed: true) == 0)
        }

        /// The order among the waiters is up to the lock.
        @Test(arguments: LockKind.excluding.filter { $0.properties.fairness == .bounded })
        func `a returning owner does not overtake waiters if bypass is bounded`(
            kind: LockKind
        ) throws {
            for order in try grants(kind, rounds: 8) {
                #expect(order.last == 0 && Set(order) == [0, 1, 2, 3], "\(order)")
            }
        }

        @Test(arguments: [LockKind.futex, .pthreadMutex])
        func `a lock that barges is detected: the tests above can fail`(kind: LockKind) throws {
            #expect(try disorder(kind, rounds: 8) > 0)
        }
    }
}
