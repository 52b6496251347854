import ShmCore
import ShmHarness
import Testing

@testable import ShmCoordinator

extension ShmCoordinatorSuite {
    /// What the log of owners, and the times beside it, say of a round.
    @Suite struct OrderWindowTests {
        /// The median of a histogram, ns.
        private func middle(_ figures: RoundResult.Figures, _ timed: Arena.Timed) throws -> UInt64 {
            let counts = try #require(figures.histograms[timed])
            let half = counts.reduce(0, +) / 2
            var sum: UInt64 = 0
            for (index, count) in counts.enumerated() {
                sum += count
                if sum > half { return timed.geometry.lowestValue(of: index) }
            }
            Issue.record("nothing was timed")
            return 0
        }

        @Test func `the time for which the lock is held is what was planted`() throws {
            var round = TestRound(.futex, workers: 1, criticalSection: 2_000_000)
            round.timing.order = 100_000_000
            let figures = try #require(try round.run().figures)
            let held = try middle(figures, .hold)
            #expect((1_400_000...30_000_000).contains(held), "\(held) ns")
            #expect(figures.owners.allSatisfy { $0 == 0 } && figures.owners.count > 10)
            #expect(figures.histograms[.handoff]?.reduce(0, +) == 0)
        }

        @Test func `a lock that grants in turn is seen to`() throws {
            var round = TestRound(.futexHandoff, workers: 3, criticalSection: 200_000)
            round.timing.order = 300_000_000
            let figures = try #require(try round.run().figures)
            #expect(Set(figures.owners) == [0, 1, 2])
            #expect((figures.histograms[.handoff]?.reduce(0, +) ?? 0) > 10)
            #expect(figures.clockAnomalies == 0)
            // Whoever waited, waited for at least one other's section. (While the others still wake up, one may come back at
            // once.)
            let away = try #require(figures.histograms[.reacquire]?.lastIndex { $0 > 0 })
            #expect(Arena.Timed.reacquire.geometry.lowestValue(of: away) > 100_000)
        }
    }
}
