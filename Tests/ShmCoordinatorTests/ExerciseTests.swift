import Foundation
import ShmCore
import ShmHarness
import Testing

@testable import ShmCoordinator

extension ShmCoordinatorSuite {
    /// What a stress test tries of what a lock offers, without the command line.
    @Suite struct ExerciseTests {
        /// Does a fault so many times to a lock; what it used is gone when this returns.
        private func result(_ lock: LockKind, _ fault: Fault, times: Int) throws -> StressResult {
            var number = Int.random(in: 3_000_000..<4_000_000)
            var test = StressTest(
                lock, workers: 4, seed: 1, program: try WorkerProgram(),
                numbers: {
                    number += 1
                    return number
                })
            try test.run(fault, for: 0, atMost: times, isCounted: true)
            return try #require(test.results.first)
        }

        @Test func `an order of arrival is kept or it is not`() {
            func disorder(_ fairness: LockProperties.Fairness, _ grants: [Int]) -> String? {
                Fault.disorder(fairness, queue: [2, 0, 1], comesBack: 3, grants: grants)
            }
            #expect(disorder(.fifo, [2, 0, 1, 3, 3]) == nil)
            #expect(disorder(.fifo, [2, 1, 0, 3, 3])?.contains("granted to 3, 2, 1, 4, 4") == true)
            #expect(disorder(.fifo, [3, 2, 0, 1, 3]) != nil)
            #expect(disorder(.fifo, [2, 0, 1, 3]) != nil)
            #expect(disorder(.bounded, [1, 0, 3, 2, 3]) == nil, "once is allowed")
            #expect(disorder(.bounded, [1, 0, 3, 3, 2])?.contains("worker 4 passed worker 3") == true)
            #expect(disorder(.barging, [3, 3, 1, 0, 2]) == nil)
        }

        @Test func `what was not tried is not said to be kept`() {
            var result = StressResult(.mcs, .order)
            result.episodes = 1
            result.exercises.add(.lock, 10)
            result.exercises.add(.order, 3)
            var hidden = StressResult(.mcs, .comeAndGo)
            hidden.obstacle = "it is not permitted here"
            let exercised = Exercised(.mcs, [result, hidden])
            #expect(exercised.state(.lock) == .kept && exercised.state(.order) == .kept)
            #expect(exercised.state(.readers) == .notOffered("its readers exclude each other"))
            #expect(exercised.state(.objects) == .untried("it is not permitted here"))
            #expect(exercised.done == [.lock, .order])
            #expect(exercised.left.map(\.exercise) == [.tryLock, .timedWait, .readers, .participants, .area, .objects])
            result.exercises.breach(.order)
            #expect(Exercised(.mcs, [result]).state(.order) == .broken)
            #expect(result.verdict == .breaks && !result.isAsPromised)
            result.hangs = 1
            #expect(result.verdict == .hangs && !result.isAsPromised)
            var control = StressResult(.noLock, .interrupt)
            control.episodes = 1
            control.exercises.breach(.tryLock)
            #expect(control.isAsPromised, "what excludes no one promises nothing")
        }

        @Test func `every lock is asked for what it offers, and for nothing else`() {
            for lock in LockKind.all {
                let offered = Exercise.allCases.filter { $0.absence(in: lock.properties) == nil }
                #expect(offered.contains(.area))
                #expect(offered.contains(.tryLock) == lock.properties.excludes, "\(lock)")
                #expect(offered.contains(.readers) == lock.properties.sharesReaders, "\(lock)")
                #expect(offered.contains(.order) == [.fifo, .bounded].contains(lock.properties.fairness), "\(lock)")
            }
            #expect(Set(Fault.allCases.compactMap(\.exercise)).count == 6)
        }

        @Test(arguments: [LockKind.ticketYield, .reciprocating, .sysvSem, .mcsPark])
        func `a promised order is compared with that of arrival`(lock: LockKind) throws {
            let traces = Traces()
            let result = try result(lock, .order, times: 4)
            #expect(result.verdict == .survives, "\(result.findings)")
            #expect((1...4).contains(result.exercises.count(.order)))
            #expect(traces.left() == [])
        }

        @Test func `a lock has as many participants as it was made for, and no more`() throws {
            let traces = Traces()
            let result = try result(.mcsPark, .crowd, times: 2)
            #expect(result.verdict == .survives, "\(result.findings)")
            #expect(result.exercises.count(.participants) >= 4096)
            #expect(result.kills == 1)
            #expect(traces.left() == [])
        }

        @Test(arguments: [LockKind.futexRW, .pthreadRWLock, .seqlock])
        func `readers share, and see whole data`(lock: LockKind) throws {
            let traces = Traces()
            let result = try result(lock, .readers, times: 3)
            #expect(result.verdict == .survives, "\(result.findings)")
            #expect(result.exercises.count(.readers) > 0)
            #expect(traces.left() == [])
        }

        @Test func `all ways to a lock are taken under every fault`() throws {
            let traces = Traces()
            let result = try result(.robustFutex, .killHolder, times: 40)
            for exercise in [Exercise.lock, .tryLock, .timedWait, .readers, .area] {
                #expect(result.exercises.count(exercise) > 0, "\(exercise)")
            }
            #expect(result.verdict == .survives, "\(result.findings)")
            #expect(traces.left() == [])
        }
    }
}
