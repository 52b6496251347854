import ShmHarness
import Testing

@Suite(.timeLimit(.minutes(1))) struct DelayTests {
    @Test func `calibration finds a speed that a CPU can have`() {
        let speed = Delay.calibrate()
        #expect(speed.isFinite)
        #expect(speed > 0.000_1)
        #expect(speed < 100)
    }

    @Test func `more iterations take longer`() {
        // The best of several: whatever disturbs one makes it longer.
        func best(_ iterations: UInt64) -> UInt64 {
            (0..<10).reduce(.max) { best, _ in
                let start = Clock.now()
                Delay.spin(iterations)
                return min(best, Clock.now() - start)
            }
        }
        #expect(best(2_000_000) > best(2_000))
    }

    @Test func `the clock does not run backwards`() {
        var last = Clock.now()
        for _ in 0..<10_000 {
            let now = Clock.now()
            if now < last { Issue.record("\(now) after \(last)") }
            last = now
        }
    }
}
