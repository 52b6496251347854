import ShmCore
import ShmHarness
import Testing

@testable import ShmCoordinator

extension ShmCoordinatorSuite {
    @Suite struct RoundTests {
        private static let realLocks = LockKind.all.filter(\.properties.excludes)
        /// A delay that puts nearly all of a worker's time into the critical section, so that a lock that admits two is caught.
        private static let busy = 2000

        /// Bytes that a worker may allocate once on the heap: without optimisation, the runtime creates a generic
        /// type's metadata when a slow path that the warm-up did not reach first runs. An allocation in each section
        /// would be far more.
        #if DEBUG && !OptimisedTests
            private static let firstUses: UInt64 = 4096
        #else
            private static let firstUses: UInt64 = 0
        #endif

        @Test(arguments: realLocks, [1, 2])
        func `a lock loses no update, and a round leaves nothing behind`(lock: LockKind, workers: Int) throws {
            let traces = Traces()
            let result = try TestRound(lock, workers: workers, criticalSection: Self.busy).run()
            #expect(result.integrity == .ok)
            #expect(result.lostUpdates == 0 && result.overlaps == 0 && result.ownerDeaths == 0)
            #expect(result.whereabouts.isEmpty)
            let figures = try #require(result.figures)
            #expect(figures.sections.count == workers)
            #expect(figures.acquisitions > 0)
            #expect(figures.heapBytes <= Self.firstUses, "the window must not allocate")
            #expect(traces.left() == [])
        }

        @Test(arguments: realLocks, [1, 90])
        func `readers and writers see complete updates`(lock: LockKind, readPercent: Int) throws {
            var round = TestRound(lock, workers: 2, criticalSection: Self.busy)
            round.cell.readPercent = readPercent
            let result = try round.run()
            #expect(result.integrity == .ok)
            #expect(try #require(result.figures).acquisitions > 0)
        }

        @Test(arguments: realLocks, [0, 50])
        func `sections that touch memory lose no update, and allocate nothing`(lock: LockKind, readPercent: Int) throws
        {
            var round = TestRound(lock, workers: 2)
            (round.cell.touch, round.cell.readPercent) = (4096, readPercent)
            let result = try round.run()
            #expect(result.integrity == .ok)
            let figures = try #require(result.figures)
            #expect(figures.acquisitions > 0 && figures.heapBytes <= Self.firstUses)
        }

        @Test(arguments: [true, false], [true, false])
        func `a window that is not asked for is left out`(hasLatency: Bool, hasOrder: Bool) throws {
            var round = TestRound(.futex, workers: 2)
            (round.timing.latency, round.timing.order) = (hasLatency ? 10_000_000 : 0, hasOrder ? 5_000_000 : 0)
            let result = try round.run()
            #expect(result.integrity == .ok && !result.isCutShort)
            let figures = try #require(result.figures)
            #expect(figures.acquisitions > 0 && (figures.latencyDuration > 0) == hasLatency)
            #expect((figures.histograms[.acquire, default: []].reduce(0, +) > 0) == hasLatency)
            #expect((figures.histograms[.hold, default: []].reduce(0, +) > 0) == hasOrder)
            #expect(figures.owners.isEmpty == !hasOrder)
        }

        @Test func `in an open loop, sections touch memory, too`() throws {
            var round = TestRound(.futex, workers: 2)
            (round.cell.touch, round.cell.spacing, round.cell.rate) = (1 << 20, .poisson, 1000)
            #expect(try round.run().integrity == .ok)
        }

        @Test func `without a lock, updates of touched memory are lost`() throws {
            var round = TestRound(.noLock, workers: 2)
            (round.cell.touch, round.timing.throughput) = (1 << 20, 300_000_000)
            let result = try round.run()
            #expect(result.integrity == .failed)
            #expect(result.lostUpdates > 0)
        }

        @Test func `readers without a lock see half-written updates`() throws {
            let caught = try (0..<10).contains { _ in
                var round = TestRound(.noLock, workers: 2, criticalSection: Self.busy)
                round.cell.readPercent = 50
                return try round.run().integrity == .failed
            }
            #expect(caught)
        }

        @Test func `read-only sections need no lock`() throws {
            var round = TestRound(.noLock, workers: 2)
            round.cell.readPercent = 100
            let result = try round.run()
            #expect(result.integrity == .ok)
            #expect(try #require(result.figures).acquisitions > 0)
        }

        /// Dozens of workers queue, and each needs the lock once more before it can exit.
        @Test func `a round that would take too long to end is cut short, and is not stuck`() throws {
            let traces = Traces()
            var round = TestRound(.futexHandoff, workers: 40, criticalSection: 100_000_000)
            round.timing.stuckAfter = 2_000_000_000
            round.timing.throughput = 100_000_000
            let result = try round.run()
            #expect(result.integrity == .ok)
            #expect(result.isCutShort)
            #expect(result.whereabouts.isEmpty)
            #expect(result.figures != nil, "what the throughput window counted is a result")
            #expect(traces.left() == [])
        }

        @Test func `the control without a lock is caught as soon as two workers contend`() throws {
            let traces = Traces()
            var round = TestRound(.noLock, workers: 2, criticalSection: Self.busy)
            round.timing.throughput = 300_000_000
            let result = try round.run()
            #expect(result.integrity == .failed)
            #expect(result.lostUpdates > 0 || result.overlaps > 0)
            #expect(result.figures != nil, "a lock that fails the check is measured all the same")
            #expect(traces.left() == [])
        }

        @Test func `a single worker needs no lock`() throws {
            #expect(try TestRound(.noLock, workers: 1).run().integrity == .ok)
        }

        /// Eight workers and sections of 10 ms: a waiter at a window's end completes its section outside of it, and
        /// starvation shows in the tail.
        @Test func `waits across the windows' ends are neither counted as throughput nor lost as latency`() throws {
            let section = 10_000_000
            var round = TestRound(.futex, workers: 8, criticalSection: section)
            round.timing.throughput = 200_000_000
            round.timing.latency = 100_000_000
            let figures = try #require(try round.run().figures)
            let busy = Double(figures.acquisitions) * Double(section) / 1e9
            #expect(busy <= figures.duration * 1.15 + Double(section) / 1e9)
            #expect(figures.longestAcquisition >= UInt64(section))
        }

        @Test func `a round's measurements are consistent`() throws {
            var round = TestRound(.futex, workers: 2)
            round.timing.throughput = 100_000_000
            round.timing.latency = 100_000_000
            let result = try round.run()
            let figures = try #require(result.figures)
            #expect(figures.duration >= 0.1)
            #expect(figures.userSeconds + figures.systemSeconds > 0)
            #expect(figures.residentKilobytes > 0)
            #expect(result.startedAt > 1_700_000_000)
            #expect(result.startupNanoseconds > 0)
            let counts = try #require(figures.histograms[.acquire])
            let last = try #require(counts.lastIndex { $0 > 0 })
            #expect(LatencyHistogram.Geometry.threeDigits.index(of: figures.longestAcquisition) == last)
            #expect(figures.clockAnomalies == 0)
            #expect(figures.heapCounterWorks)
            #expect((0...1).contains(figures.overlap))
        }

        @Test func `a round has the requested delays`() throws {
            for round in [
                TestRound(.futex, workers: 1, criticalSection: 10_000_000),
                TestRound(.futex, workers: 1, think: 10_000_000),
            ] {
                let figures = try #require(try round.run().figures)
                // At least half, plus one for sections begun before the window: no machine is that uneven.
                #expect(Double(max(figures.acquisitions, 1) - 1) * 0.005 <= figures.duration)
            }
        }

        @Test(arguments: [1, GuardedData.counterLimit])
        func `the lock guards the requested number of counters`(counters: Int) throws {
            #expect(try TestRound(.pthreadRobust, workers: 2, counters: counters).run().integrity == .ok)
        }

        @Test(arguments: [Pinning.compact, .spread])
        func `pinned workers lose no update`(pinning: Pinning) throws {
            let result = try TestRound(.futex, workers: 3, pinning: pinning).run()
            #expect(result.integrity == .ok)
            #expect(result.figures?.sections.count == 3)
        }

        @Test(arguments: realLocks)
        func `a round with many more workers than CPUs ends`(lock: LockKind) throws {
            let traces = Traces()
            let result = try TestRound(lock, workers: 24).run()
            #expect(result.integrity == .ok)
            #expect(result.figures?.sections.count == 24)
            #expect(traces.left() == [])
        }

        @Test func `a round that is never run leaves nothing behind`() throws {
            let traces = Traces()
            do {
                let test = TestRound(.sysvSemUndo, workers: 2)
                _ = try Round(
                    test.cell, test.timing, number: test.number, program: try WorkerProgram(),
                    delays: Delay.calibrate())
            }
            #expect(traces.left() == [])
        }
    }
}
