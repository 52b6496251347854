import Testing

@testable import ShmCoordinator

/// Whether workers continued while the coordinator stood still, from synthetic numbers.
@Suite(.timeLimit(.minutes(10))) struct FleetPulseTests {
    private static let ms: UInt64 = 1_000_000

    /// A fleet of two that completes 1,000 sections in each of ten intervals of 10 ms; then the given number in a gap of 3 s.
    private func pulse(inTheGap sections: UInt64, rate: UInt64 = 500) -> FleetPulse {
        var pulse = FleetPulse([0, 0], now: 0)
        for look in 1...10 { pulse.look([UInt64(look) * rate, UInt64(look) * rate], now: UInt64(look) * 10 * Self.ms) }
        let pause = ProcessPause(
            kind: .stopped, interval: 100 * Self.ms..<3100 * Self.ms, nanoseconds: 3000 * Self.ms, began: 0)
        pulse.look([10 * rate + sections, 10 * rate], now: 3110 * Self.ms) { $0 < 3100 * Self.ms ? [pause] : [] }
        return pulse
    }

    @Test func `workers that kept their rate have continued`() {
        #expect(pulse(inTheGap: 300_000).alone.map(\.nanoseconds) == [3000 * Self.ms])
    }

    @Test func `workers that completed few sections stood still, too`() {
        #expect(pulse(inTheGap: 2_000).alone == [])
        #expect(pulse(inTheGap: 0).alone == [])
    }

    @Test func `without an earlier rate, workers do not count as running`() {
        #expect(pulse(inTheGap: 300_000, rate: 0).alone == [])
    }

    @Test func `workers without progress are checked, each in turn`() {
        var pulse = FleetPulse([0, 0, 0], now: 0)
        var found: [Int?] = []
        for look in 1...14 {
            pulse.look([UInt64(look), 5, 5], now: UInt64(look) * 10 * Self.ms, pauses: { _ in [] })
            found.append(pulse.nextStill())
        }
        #expect(found.prefix(10).allSatisfy { $0 == nil })
        #expect(found.suffix(3) == [2, 1, 2] || found.suffix(3) == [1, 2, 1])
    }
}
