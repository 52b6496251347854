import ShmHarness
import Testing

@testable import ShmWorker

@Suite(.timeLimit(.minutes(10))) struct BurstTests {
    private static let bursts: [(UInt64, UInt64)] = [(5, 64), (100, 10), (400, 2), (999, 1), (1_000_000, 1)]

    @Test(arguments: bursts)
    func `a burst takes about a microsecond, or is a single section`(nanoseconds: UInt64, burst: UInt64) {
        #expect(Contention.burst(sections: 1000, nanoseconds: 1000 * nanoseconds) == burst)
    }

    @Test func `without a measurement, a burst is a single section`() {
        #expect(Contention.burst(sections: 0, nanoseconds: 1_000_000) == 1)
        #expect(Contention.burst(sections: 1000, nanoseconds: 0) == WorkerSlot.longestBurst)
    }
}
