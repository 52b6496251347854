import ShmHarness
import Testing

@Suite(.timeLimit(.minutes(10))) struct TickClockTests {
    @Test func `ticks of the kernel's clock are nanoseconds`() {
        for value: UInt64 in [0, 1, 999, 1 << 40] { #expect(TickClock.monotonic.nanoseconds(value) == value) }
        #expect(!TickClock.monotonic.isCounter)
    }

    @Test(arguments: [24e6, 1e9, 2.5960e9, 5e9])
    func `ticks convert to nanoseconds at any rate, for more than an hour`(hertz: Double) {
        let clock = TickClock(counterHertz: hertz)
        for seconds in [1e-6, 1, 3600, 86_400] {
            let found = Double(clock.nanoseconds(UInt64(seconds * hertz)))
            #expect(abs(found - seconds * 1e9) <= 2 + seconds * 10, "\(seconds) s")
        }
        #expect(abs(Double(clock.ticks(1e9)) - hertz) <= hertz * 1e-8 + 1)
    }
}
