import Foundation
import ShmCore
import ShmHarness
import Testing

@testable import ShmCoordinator

extension ShmCoordinatorSuite {
    /// The exercises of a stress test, without the command line.
    @Suite struct ExerciseTests {
        /// Executes a fault that many times on a lock; its segments are gone when this returns.
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

        @Test func `a violated order of arrival is found, a kept one is not`() {
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

        @Test func `an exercise that was not tried is not reported as kept`() {
            var result = StressResult(.mcs, .order)
            result.episodes = 1
            result.exercises.add(.lock, 10)
            result.exercises.add(.order, 3)
            var hidden = StressResult(.mcs, .comeAndGo)
            hidden.obstacle = "it is not permitted here"
            let exercised = Exercised(.mcs, [result, hidden], faults: [.order, .comeAndGo])
            #expect(exercised.state(.lock) == .kept && exercised.state(.order) == .kept)
            #expect(exercised.state(.readers) == .notOffered("its readers exclude each other"))
            #expect(exercised.state(.objects) == .untried("it is not permitted here"))
            #expect(exercised.done == [.lock, .order])
            #expect(exercised.left.map(\.exercise) == [.tryLock, .timedWait, .readers, .participants, .area, .objects])
            #expect(exercised.state(.tryLock) == .untried("left out by --faults"))
            #expect(exercised.state(.area) == .untried("the test ended first"))
            // A call that the lock answers with another one.
            result.exercises.add(.readers, 5)
            let shared = Exercised(.mcs, [result], faults: [.order])
            #expect(!shared.done.contains(.readers) && shared.left.map(\.exercise).contains(.readers))
            result.exercises.breach(.order)
            #expect(Exercised(.mcs, [result], faults: [.order]).state(.order) == .broken)
            #expect(result.verdict == .breaks && !result.isAsPromised)
            result.hangs = 1
            #expect(result.verdict == .hangs && !result.isAsPromised)
            var control = StressResult(.noLock, .interrupt)
            control.episodes = 1
            control.exercises.breach(.tryLock)
            #expect(control.isAsPromised, "a control promises nothing")
        }

        @Test func `every lock is exercised in what it offers, and in nothing else`() {
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
        func `a promised order of grants is compared with the order of arrival`(lock: LockKind) throws {
            let traces = Traces()
            let result = try result(lock, .order, times: 4)
            #expect(result.verdict == .survives, "\(result.findings)")
            #expect((1...4).contains(result.exercises.count(.order)))
            #expect(traces.left() == [])
        }

        @Test func `a lock accepts as many participants as it was created for, and no more`() throws {
            let traces = Traces()
            let result = try result(.mcsPark, .crowd, times: 2)
            #expect(result.verdict == .survives, "\(result.findings)")
            #expect(result.exercises.count(.participants) >= 4096)
            #expect(result.kills == 1)
            #expect(traces.left() == [])
        }

        @Test(arguments: [LockKind.futexRW, .pthreadRWLock, .seqlock])
        func `readers share the lock, and see consistent data`(lock: LockKind) throws {
            let traces = Traces()
            let result = try result(lock, .readers, times: 3)
            #expect(result.verdict == .survives, "\(result.findings)")
            #expect(result.exercises.count(.readers) > 0)
            #expect(traces.left() == [])
        }

        @Test func `the lock is taken in every way under every fault`() throws {
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
