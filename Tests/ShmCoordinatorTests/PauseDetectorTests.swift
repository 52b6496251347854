import Testing

@testable import ShmCoordinator

@Suite(.timeLimit(.minutes(10))) struct PauseDetectorTests {
    private static let (ms, s): (UInt64, UInt64) = (1_000_000, 1_000_000_000)
    private static let first = PauseDetector.Reading(
        monotonic: 100 * s, boottime: 130 * s, realtime: 1_700_000_000 * s, runQueueWait: 7 * s)

    /// The pauses found when the clocks have advanced by these amounts.
    private func found(
        _ monotonic: UInt64, boottime: UInt64? = nil, realtime: Int64? = nil, waiting: UInt64? = 0
    ) -> [ProcessPause] {
        var (first, next) = (Self.first, Self.first)
        if waiting == nil { first.runQueueWait = nil }
        var detector = PauseDetector(first, period: 20 * Self.ms)
        next.monotonic += monotonic
        next.boottime += boottime ?? monotonic
        next.realtime = UInt64(Int64(next.realtime) + (realtime ?? Int64(boottime ?? monotonic)))
        next.runQueueWait = waiting.map { 7 * Self.s + $0 }
        return detector.look(next)
    }

    @Test func `punctual readings find no pause`() {
        #expect(found(20 * Self.ms) == [])
        #expect(found(110 * Self.ms) == [])
    }

    @Test func `a gap is a pause of the length by which it exceeds the period`() throws {
        let pause = try #require(found(3020 * Self.ms).first)
        #expect(pause.kind == .stopped && pause.nanoseconds == 3 * Self.s)
        #expect(pause.interval == 100 * Self.s..<100 * Self.s + 3020 * Self.ms)
        // 1,700,000,000 s after 1970 is 22:13:20 UTC.
        #expect(pause.when == "3.0 s from 22:13:20 UTC on")
    }

    @Test func `a gap in which the thread waited for a CPU is a loaded machine`() {
        #expect(found(3020 * Self.ms, waiting: 2990 * Self.ms) == [])
        #expect(found(800 * Self.ms, waiting: 560 * Self.ms) == [], "observed on a very loaded machine")
        #expect(found(3020 * Self.ms, waiting: 1000 * Self.ms).map(\.nanoseconds) == [2 * Self.s])
    }

    @Test func `if the kernel does not report the wait, only long gaps count`() {
        #expect(found(500 * Self.ms, waiting: nil) == [])
        #expect(found(3020 * Self.ms, waiting: nil).count == 1)
    }

    @Test func `a suspended machine shows in the boot-time clock`() throws {
        let pause = try #require(found(20 * Self.ms, boottime: 60 * Self.s).first)
        #expect(pause.kind == .suspended && pause.nanoseconds == 60 * Self.s - 20 * Self.ms)
        // The time of day advanced with it: one pause, not two.
        #expect(found(20 * Self.ms, boottime: 60 * Self.s).count == 1)
    }

    @Test func `a virtual machine that was resumed shows in the time of day`() throws {
        let pause = try #require(found(20 * Self.ms, realtime: Int64(90 * Self.s)).first)
        #expect(pause.kind == .clockJump && pause.nanoseconds == 90 * Self.s - 20 * Self.ms)
    }

    @Test func `a clock that is set back, or slightly ahead, is not a pause`() {
        #expect(found(20 * Self.ms, realtime: -Int64(90 * Self.s)) == [])
        #expect(found(20 * Self.ms, realtime: Int64(300 * Self.ms)) == [])
    }
}
