import ShmHarness
import Synchronization
import TestSupport
import Testing

@testable import ShmWorker

@Suite(.timeLimit(.minutes(10))) struct PacerTests {
    /// The times at which the next 40 acquisitions of each worker are due, in ns.
    private func times(workers: Int, burst: Int, gap: Double) -> [[UInt64]] {
        let arrivals = Arrivals(
            spacing: .burst, meanGapTicks: gap, seed: 1, sharesCPUs: false, workers: workers, burst: burst)
        let plan = Plan(
            workers: workers, counters: 1, criticalSectionIterations: 0, thinkIterations: 0, arrivals: arrivals)
        let memory = Memory(byteCount: 64)
        memory.set(0, Phase.latency.rawValue)
        let word = unsafe memory.base.assumingMemoryBound(to: Atomic<UInt32>.self)
        var pacers = (0..<workers).map { unsafe Pacer(plan, worker: $0, phase: .latency, phaseWord: word) }
        var times = pacers.map { _ in [UInt64]() }
        for _ in 0..<40 {
            for worker in pacers.indices { times[worker] += [pacers[worker].awaitNext()].compactMap(\.self) }
        }
        for worker in pacers.indices {
            #expect(pacers[worker].begun == 40 && pacers[worker].due >= 40)
        }
        return times
    }

    @Test func `a burst's acquisitions are due at once, and are dealt out to the workers in turn`() throws {
        // A gap of 1 µs per acquisition of all three workers, and bursts of 4.
        let all = times(workers: 3, burst: 4, gap: 3000)
        #expect(all.allSatisfy { $0.count == 40 })
        let counts = Dictionary(grouping: all.flatMap(\.self)) { $0 }.mapValues(\.count)
        let last = try #require(all.compactMap(\.last).min())
        let first = try #require(all.compactMap(\.first).max())
        let complete = counts.keys.filter { $0 > first && $0 < last }.sorted()
        // The workers' pacers start one after the other, so some bursts have only later workers.
        #expect(complete.count > 3)
        #expect(complete.allSatisfy { counts[$0] == 4 }, "\(complete.map { counts[$0] ?? 0 })")
        for (one, next) in zip(complete, complete.dropFirst()) { #expect((3999...4001).contains(next - one)) }
    }

    @Test(arguments: [UInt64(0), 1, 42, .max])
    func `no worker's random times are those of another one, shifted`(seed: UInt64) {
        let step: UInt64 = 0x9e37_79b9_7f4a_7c15
        var near: Set<UInt64> = []
        for worker in 0..<64 {
            for phase in [Phase.throughput, .latency, .order] {
                let start = Pacer.start(seed, worker: worker, phase: phase)
                #expect(!near.contains(start), "worker \(worker) starts within another's next thousand numbers")
                for ahead in UInt64(0)..<1000 { near.insert(start &+ ahead &* step) }
            }
        }
    }
}
