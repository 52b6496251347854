import ShmCore
import ShmHarness
import Testing

@testable import ShmCoordinator

extension ShmCoordinatorSuite {
    /// The log of owners, and the times recorded with it.
    @Suite struct OrderWindowTests {
        /// The median of a histogram, in ns.
        private func middle(_ figures: RoundResult.Figures, _ timed: Arena.Timed) throws -> UInt64 {
            let counts = try #require(figures.histograms[timed])
            let half = counts.reduce(0, +) / 2
            var sum: UInt64 = 0
            for (index, count) in counts.enumerated() {
                sum += count
                if sum > half { return timed.geometry.lowestValue(of: index) }
            }
            Issue.record("the histogram is empty")
            return 0
        }

        @Test func `the hold time is the planted delay`() throws {
            var round = TestRound(.futex, workers: 1, criticalSection: 2_000_000)
            round.timing.order = 100_000_000
            let figures = try #require(try round.run().figures)
            let held = try middle(figures, .hold)
            #expect((1_400_000...30_000_000).contains(held), "\(held) ns")
            #expect(figures.owners.allSatisfy { $0 == 0 } && figures.owners.count > 10)
            #expect(figures.histograms[.handoff]?.reduce(0, +) == 0)
        }

        @Test func `a lock that grants in FIFO order shows it`() throws {
            var round = TestRound(.futexHandoff, workers: 3, criticalSection: 200_000)
            round.timing.order = 300_000_000
            let figures = try #require(try round.run().figures)
            #expect(Set(figures.owners) == [0, 1, 2])
            #expect((figures.histograms[.handoff]?.reduce(0, +) ?? 0) > 10)
            #expect(figures.clockAnomalies == 0)
            // A waiter waits for at least one other worker's section. (While the others still wake up, one may
            // reacquire the lock at once.)
            let away = try #require(figures.histograms[.reacquire]?.lastIndex { $0 > 0 })
            #expect(Arena.Timed.reacquire.geometry.lowestValue(of: away) > 100_000)
        }
    }
}
