import ShmCore
import ShmStatistics
import Testing

@testable import ShmCoordinator

extension ShmCoordinatorSuite {
    /// Rounds whose workers have critical sections of different lengths.
    @Suite struct UnequalSectionTests {
        private func round(_ lock: LockKind, workers: Int, _ classes: (weight: Int, busy: Int)...) -> TestRound {
            var round = TestRound(lock, workers: workers)
            round.cell.sectionShares = SectionShares(classes.map { .init(weight: $0.weight, busy: $0.busy) })
            round.timing.order = 50_000_000
            return round
        }

        @Test func `under alternation, workers hold the lock in proportion to their sections`() throws {
            let figures = try #require(
                try round(.ticketYield, workers: 2, (1, 100_000), (1, 1_000_000)).run().figures)
            #expect(figures.sectionClasses.sorted() == [0, 1])
            let long = try #require(figures.sectionClasses.firstIndex(of: 1))
            let holding = try #require(figures.holding)
            let share = holding.held[long] / holding.held.reduce(0, +)
            #expect((0.7...0.97).contains(share), "10 of 11 parts, within what a machine that stalls allows: \(share)")
            #expect(holding.held.reduce(0, +) <= holding.duration)
            // The mean of both classes, each measured by a worker of its own; a busy machine makes it longer.
            #expect(figures.sectionDelay ?? 0 > 400_000)
            let opportunity = try #require(
                lockOpportunityIndex(held: holding.held, duration: holding.duration))
            let turns = try #require(jainIndex(holding.acquisitions))
            let times = try #require(jainIndex(holding.held))
            #expect(times < turns, "as many turns, but not as much time")
            // The time for which the lock is free belongs to both, and a machine that stalls makes it long.
            #expect(times <= opportunity && opportunity < 1, "\(times), \(opportunity)")
        }

        @Test func `a worker without a busy time has the bare section`() throws {
            let result = try round(.futex, workers: 3, (2, 0), (1, 200_000)).run()
            let figures = try #require(result.figures)
            #expect(result.integrity == .ok && figures.sectionClasses.count { $0 == 0 } == 2)
            #expect(figures.sectionDelay ?? 0 > 50_000, "a third of 200 µs")
        }

        @Test(arguments: [1, 2])
        func `holds are measured with equal sections, too`(workers: Int) throws {
            var round = TestRound(.futex, workers: workers, criticalSection: 100_000)
            round.timing.order = 20_000_000
            let figures = try #require(try round.run().figures)
            let holding = try #require(figures.holding)
            #expect(figures.sectionDelay ?? 0 > 80_000, "the plan's length")
            #expect(figures.sectionClasses == [] && holding.held.count == workers)
            #expect(holding.held.reduce(0, +) > holding.duration / 4 && holding.held.reduce(0, +) <= holding.duration)
        }
    }
}
