import ShmCore
import ShmHarness
import Synchronization
import Testing

@testable import ShmCoordinator

extension ShmCoordinatorSuite {
    /// Instructions and system calls of a lock's paths.
    @Suite struct PathCounterTests {
        private static let nextNumber = Atomic<Int>(1 << 28)

        private static let canTrace = (try? count(.futex, repetitions: 1)) != nil

        private static func count(_ lock: LockKind, repetitions: Int = 2) throws -> [CrashPath: PathCost] {
            let number = nextNumber.add(PathCounter.numbersUsed, ordering: .relaxed).oldValue
            var counter = PathCounter(lock, program: try WorkerProgram(), number: number)
            let costs = try counter.count(repetitions: repetitions)
            return Dictionary(uniqueKeysWithValues: costs.map { ($0.path, $0) })
        }

        @Test(
            .enabled("ptrace is not permitted here") { canTrace },
            arguments: [LockKind.robustFutex, .futex, .pthreadMutex, .pthreadRobust])
        func `an uncontended lock makes no system call, and its count has no noise`(lock: LockKind) throws {
            let traces = Traces()
            let (first, second) = (try Self.count(lock), try Self.count(lock))
            for path in [CrashPath.uncontended, .attempt] {
                let cost = try #require(first[path])
                #expect(cost.instructions.count == 1, "\(path): \(cost.instructions)")
                #expect(cost.systemCalls == 0...0)
                #expect(second[path] == cost)
            }
            #expect(traces.left() == [])
        }

        @Test(.enabled("ptrace is not permitted here") { canTrace })
        func `a waiter sleeps in a system call, and an unlock with waiters wakes one`() throws {
            let costs = try Self.count(.futex)
            let (alone, waiter, holder) = (
                try #require(costs[.uncontended]), try #require(costs[.waiter]), try #require(costs[.holder])
            )
            #expect(waiter.systemCalls.lowerBound >= 1 && holder.systemCalls.lowerBound >= 1)
            #expect(waiter.instructions.lowerBound > alone.instructions.upperBound)
            // The region of a holder has no acquisition.
            #expect(holder.instructions.upperBound < waiter.instructions.lowerBound)
        }

        @Test(.enabled("ptrace is not permitted here") { canTrace })
        func `a lock has the paths of its kind`() throws {
            #expect(try Self.count(.robustFutex, repetitions: 1).keys.contains(.biased))
            let futex = try Self.count(.futex, repetitions: 1)
            #expect(!futex.keys.contains(.biased) && !futex.keys.contains(.reader))
        }

        @Test func `ranges of repetitions are joined`() {
            var cost = PathCost(.waiter, instructions: 10...10, systemCalls: 2...2)
            cost.add(PathCost(.waiter, instructions: 8...8, systemCalls: 3...3))
            #expect(cost == PathCost(.waiter, instructions: 8...10, systemCalls: 2...3))
        }
    }
}
