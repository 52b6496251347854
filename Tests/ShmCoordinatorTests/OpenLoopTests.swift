import ShmCore
import ShmHarness
import Testing

@testable import ShmCoordinator

extension ShmCoordinatorSuite {
    /// Rounds whose acquisitions are scheduled.
    @Suite struct OpenLoopTests {
        private func round(_ spacing: Arrivals.Spacing, rate: Double, criticalSection: Int = 0) -> TestRound {
            var round = TestRound(.futex, workers: 2, criticalSection: criticalSection)
            round.cell.spacing = spacing
            round.cell.rate = rate
            round.cell.burst = spacing == .burst ? 20 : 0
            round.timing.throughput = 200_000_000
            round.timing.latency = 200_000_000
            return round
        }

        @Test(arguments: [Arrivals.Spacing.poisson, .uniform, .burst])
        func `about as many acquisitions begin as are due`(spacing: Arrivals.Spacing) throws {
            let result = try round(spacing, rate: 5000).run()
            let figures = try #require(result.figures)
            #expect(result.integrity == .ok)
            // 1,000 of each: the tolerance is five standard deviations of a Poisson count, and an eighth for a machine that stalls.
            #expect((700...1300).contains(figures.acquisitions))
            #expect(figures.arrivalsDone > 0 && figures.arrivalsDue >= figures.arrivalsDone)
            let responses = try #require(figures.histograms[.acquire]).reduce(0, +)
            let uncorrected = try #require(figures.histograms[.uncorrected]).reduce(0, +)
            // Acquisitions before all workers ran do not count; those that were due at the end and had not begun do.
            #expect(uncorrected <= figures.arrivalsDone && uncorrected * 2 > figures.arrivalsDone)
            #expect(responses >= uncorrected)
        }

        @Test func `a rate beyond any lock's capacity leaves most due acquisitions undone`() throws {
            // Sections of 1 ms, one at a time: at most 1,000 per second.
            let figures = try #require(try round(.poisson, rate: 20_000, criticalSection: 1_000_000).run().figures)
            #expect(figures.arrivalsDone * 4 < figures.arrivalsDue)
        }

        @Test func `the acquisitions of a burst wait for each other, and their times count from the burst`() throws {
            // Bursts of 20 acquisitions, each of which takes 100 µs: half of them wait for more than ten others.
            var round = round(.burst, rate: 2000, criticalSection: 100_000)
            round.cell.workers = 1
            let figures = try #require(try round.run().figures)
            let responses = try #require(figures.histograms[.acquire])
            let all = responses.reduce(0, +)
            let late = responses.indices.reduce(UInt64(0)) { sum, index in
                LatencyHistogram.Geometry.threeDigits.lowestValue(of: index) > 500_000 ? sum + responses[index] : sum
            }
            #expect(all > 100 && late * 3 > all, "\(late) of \(all)")
            let begun = try #require(figures.histograms[.uncorrected]?.firstIndex { $0 > 0 })
            #expect(LatencyHistogram.Geometry.twoDigits.lowestValue(of: begun) < 100_000, "the lock itself is free")
        }

        @Test func `an acquisition delayed by a long section is timed from its due time`() throws {
            // A single worker, due every 2 ms, whose sections take 3 ms: each acquisition is later than the one before.
            var round = round(.uniform, rate: 500, criticalSection: 3_000_000)
            round.cell.workers = 1
            let figures = try #require(try round.run().figures)
            let (due, began) = (figures.histograms[.acquire] ?? [], figures.histograms[.uncorrected] ?? [])
            let longestDue = try #require(due.lastIndex { $0 > 0 })
            let longestBegun = try #require(began.lastIndex { $0 > 0 })
            // The backlog is about 60 ms at the end, although the lock itself was always free.
            #expect(LatencyHistogram.Geometry.threeDigits.lowestValue(of: longestDue) > 20_000_000)
            #expect(LatencyHistogram.Geometry.twoDigits.lowestValue(of: longestBegun) < 20_000_000)
        }
    }
}
