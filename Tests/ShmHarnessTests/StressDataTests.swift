import TestSupport
import Testing

@testable import ShmHarness

/// The oracle of a stress test must distinguish a dead owner's half-written update from a live worker's lost one.
@Suite(.timeLimit(.minutes(10))) struct StressDataTests {
    private let memory = Memory(byteCount: StressData.byteCount)
    private var data: StressData { unsafe StressData(memory.base) }

    init() { data.prepare() }

    private func section(counters: Int = StressData.counters) {
        for index in 0..<counters { data.increment(index) }
        data.reflect()
    }

    @Test(arguments: 0...StressData.counters)
    func `a half-written update of a dead owner is undone, and explains the difference`(written: Int) {
        for _ in 0..<10 { section() }
        for index in 0..<written { data.increment(index) }
        #expect(data.isCoherent == (written == 0))
        #expect(data.repair(expected: 10) == 0)
        #expect(data.deviation(from: 10) == 0 && data.isCoherent)
    }

    @Test func `a lost update of a live worker is not attributed to a dead owner`() {
        for _ in 0..<10 { section() }
        // One counter is too low by one: an increment was overwritten.
        #expect(data.deviation(from: 11) == 4)
        #expect(data.repair(expected: 11) == 4)
        for _ in 0..<3 { section() }
        #expect(data.repair(expected: 12) == 8, "two too many in each are more than one half-written update")
    }

    @Test func `the owner word names a worker and its incarnation`() {
        #expect(data.owner == nil)
        let owner = StressData.Owner(worker: 6, incarnation: 40_000)
        data.owner = owner
        #expect(data.owner == owner)
        data.owner = nil
        #expect(data.owner == nil)
    }

    @Test func `only the first acquisition after a mark is recorded`() {
        data.see(1, at: 100)
        data.see(1, at: 200)
        #expect(data.seen == (1, 100))
        data.see(2, at: 300)
        #expect(data.seen == (2, 300))
    }

    @Test func `orders survive encoding, and an invalid word is no order`() {
        for kind in [StressOrder.Kind.hold, .holdBusily] {
            for stage in StressOrder.Stage.allCases {
                let order = StressOrder(kind: kind, stage: stage, kill: .afterUnlock, delay: 312, id: 77)
                #expect(StressOrder(word: order.word) == order)
            }
        }
        #expect(StressOrder(word: 0) == nil)
        #expect(StressOrder(word: 0xf) == nil)
        #expect(StressOrder(word: 0xf1) == nil)
        #expect(StressOrder(word: 0xf01) == nil)
    }
}

@Suite(.timeLimit(.minutes(10))) struct FlightRecorderTests {
    private let memory = Memory(byteCount: FlightRecorder.byteCount)
    private var recorder: FlightRecorder { unsafe FlightRecorder(memory.base) }

    @Test func `events come back in order`() {
        recorder.record(.wait, at: 10)
        recorder.record(.acquire, at: 20)
        recorder.record(.repair, at: 21, 0xffff_ffff)
        #expect(
            recorder.events() == [
                FlightEvent(time: 10, kind: .wait), FlightEvent(time: 20, kind: .acquire),
                FlightEvent(time: 21, kind: .repair, argument: 0xffff_ffff),
            ])
    }

    @Test func `new events overwrite the oldest`() {
        let count = FlightRecorder.capacity + 100
        for time in 0..<count { recorder.record(.wait, at: UInt64(time)) }
        let events = recorder.events()
        #expect(events.count == FlightRecorder.capacity)
        #expect(events.first?.time == 100 && events.last?.time == UInt64(count - 1))
    }

    @Test func `invalid events are left out`() {
        recorder.record(.wait, at: 1)
        memory.set(64 + 8, UInt64(0xee))
        #expect(recorder.events() == [])
        memory.set(0, UInt64.max)
        #expect(recorder.events().count <= FlightRecorder.capacity)
    }
}
