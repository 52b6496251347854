import Foundation
import ShmCore
import ShmHarness
import Synchronization
import TestSupport
import Testing

@testable import ShmCoordinator

extension ShmCoordinatorSuite {
    /// Blocks of turns with real processes.
    @Suite struct TurnTests {
        /// Locks whose whole state lies in their area.
        private static let locks = LockKind.all.filter {
            $0.properties.excludes && $0.properties.kernelObject == nil
        }
        private static let last = Atomic<Int>(500_000)

        /// A block of two locks under one load.
        private struct Subject {
            var base: LockKind
            var other: LockKind
            var load = Load(workers: 2)
            var timing: TurnTiming
            let number = TurnTests.last.add(2, ordering: .relaxed).newValue

            init(_ base: LockKind, _ other: LockKind, pairs: Int = 3, workers: Int = 2) {
                (self.base, self.other) = (base, other)
                load.workers = workers
                timing = TurnTiming(window: 2_000_000, stuckAfter: 20_000_000_000)
                (timing.pairs, timing.latencyPairs, timing.orderPairs) = (pairs, 1, 1)
            }

            /// - Parameter build: the program of the other side; `nil` for that of the base.
            func block(_ build: WorkerProgram? = nil, seed: UInt64 = 1) throws -> TurnBlock {
                let program = try WorkerProgram()
                return try TurnBlock(
                    (TurnBlock.Side(Cell(base, load), program), TurnBlock.Side(Cell(other, load), build ?? program)),
                    timing,
                    number: number, delays: Delay.calibrate(), seed: seed)
            }

            /// The workers of one side.
            func workers(ofSide side: Int) -> [pid_t] {
                (0..<load.workers).compactMap { ProcessTable.worker($0, ofRound: number + side, task: "turns") }
            }
        }

        @Test(arguments: locks)
        func `two locks in turns in the same memory lose no update, and leave nothing behind`(lock: LockKind) throws {
            let traces = Traces()
            let result = try Subject(lock, lock == .futex ? .robustFutex : .futex).block().run()
            #expect(result.standstill == nil && result.pairs.count == 3)
            for side in result.sides {
                #expect(side.integrity == .ok && side.lostUpdates == 0 && side.overlaps == 0 && side.ownerDeaths == 0)
                let figures = try #require(side.figures)
                #expect(figures.sections.count == 2 && figures.windows.count == 3 && figures.acquisitions > 0)
                #expect(try #require(figures.histograms[.acquire]).contains { $0 > 0 })
                #expect(try #require(figures.histograms[.hold]).contains { $0 > 0 })
                #expect((0...1).contains(figures.overlap) && figures.heapCounterWorks)
            }
            for pair in result.pairs { #expect(pair.base.acquisitions > 0 && pair.other.acquisitions > 0) }
            #expect(traces.left() == [])
        }

        @Test(arguments: [LockKind.futex, .robustFutex, .pthreadMutex, .mcs])
        func `two builds of the worker take turns in the same memory`(lock: LockKind) throws {
            // The one that loads plugins is another program, linked in another way.
            let other = try WorkerProgram(loadsPlugins: true)
            #expect(try other.path != WorkerProgram().path)
            for side in try Subject(lock, lock).block(other).run().sides {
                #expect(side.integrity == .ok && side.figures?.acquisitions ?? 0 > 0)
            }
        }

        @Test func `readers, touched memory and unequal sections take turns, too`() throws {
            var subject = Subject(.futexRW, .seqlock)
            (subject.load.readPercent, subject.load.touch) = (50, 4096)
            for side in try subject.block().run().sides { #expect(side.integrity == .ok && side.figures != nil) }
            var unequal = Subject(.futex, .mcs)
            unequal.load.sectionShares = SectionShares([
                .init(weight: 1, busy: 100), .init(weight: 1, busy: 2000),
            ])
            for side in try unequal.block().run().sides {
                #expect(side.integrity == .ok)
                #expect(side.figures?.sectionClasses.sorted() == [0, 1])
            }
        }

        @Test func `the side without a lock is caught, and the other is not blamed`() throws {
            var subject = Subject(.futex, .noLock, pairs: 40)
            subject.load.criticalSection = 2000
            let result = try subject.block().run()
            #expect(result.sides[0].integrity == .ok && result.sides[0].lostUpdates == 0)
            #expect(result.sides[1].integrity == .failed)
        }

        @Test func `coins decide the order`() throws {
            func first(_ seed: UInt64) throws -> Bool {
                let subject = Subject(.futex, .futex, pairs: 1, workers: 1)
                let block = try subject.block(seed: seed)
                let orders = (0..<16).map { _ in block.order()[0] }
                return Set(orders) == [0, 1]
            }
            #expect(try first(1) && first(2))
        }

        @Test func `a killed worker ends the block with an error in words`() throws {
            let traces = Traces()
            for side in [0, 1] {
                let subject = Subject(.futex, .robustFutex, pairs: 10_000)
                let killer = Thread {
                    _ = eventually { subject.workers(ofSide: 0).count == 2 && subject.workers(ofSide: 1).count == 2 }
                    usleep(100_000)
                    if let worker = subject.workers(ofSide: side).last { kill(worker, SIGKILL) }
                }
                killer.start()
                let failure = #expect(throws: RoundFailure.self) { try subject.block().run() }
                guard case .failed(let reason)? = failure else {
                    Issue.record("no reason")
                    return
                }
                #expect(reason.contains("worker 2 of 2 (pid ") && reason.contains("killed by signal 9"), "\(reason)")
                while !killer.isFinished { usleep(1000) }
            }
            #expect(traces.left() == [])
        }

        @Test func `a stopped worker voids the block`() throws {
            let traces = Traces()
            let subject = Subject(.futex, .robustFutex, pairs: 10_000)
            let stopper = Thread {
                _ = eventually { subject.workers(ofSide: 0).count == 2 && subject.workers(ofSide: 1).count == 2 }
                usleep(100_000)
                if let worker = subject.workers(ofSide: 1).first { kill(worker, SIGSTOP) }
            }
            stopper.start()
            let result = try subject.block().run()
            #expect(result.standstill?.text.contains("stopped by a signal") == true, "\(result)")
            #expect(result.sides.allSatisfy { $0.integrity == .ok && $0.figures == nil })
            while !stopper.isFinished { usleep(1000) }
            #expect(traces.left() == [])
        }

        @Test func `a lock that never comes free is stuck, and its side is named`() throws {
            let traces = Traces()
            // A worker that dies inside is an error; one that sleeps inside for longer than the limit is stuck.
            var subject = Subject(.futex, .futexHandoff, pairs: 2)
            subject.load.criticalSection = 3_000_000_000
            subject.timing.stuckAfter = 300_000_000
            let result = try subject.block().run()
            #expect(result.sides.contains { $0.integrity == .stuck && $0.whereabouts.count == 2 }, "\(result)")
            #expect(result.sides.allSatisfy { $0.figures == nil })
            #expect(traces.left() == [])
        }

        @Test func `a block that is never run leaves nothing behind`() throws {
            let traces = Traces()
            do { _ = try Subject(.futex, .mcs).block() }
            #expect(traces.left() == [])
        }
    }
}
