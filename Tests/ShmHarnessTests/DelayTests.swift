import Testing

@testable import ShmHarness

@Suite(.timeLimit(.minutes(10))) struct DelayTests {
    @Test func `calibration finds a plausible speed`() {
        let speed = Delay.calibrate()
        #expect(speed.iteration > 0.01 && speed.iteration < 1_000)
        #expect(speed.overhead >= 0 && speed.overhead < 10_000)
    }

    @Test func `the number of iterations accounts for the overhead`() {
        let speed = Delay.Speed(overhead: 20, iteration: 2)
        #expect(speed.iterations(for: 120) == 50)
        #expect(speed.iterations(for: 10) == 1)
        #expect(speed.iterations(for: 0) == 0)
    }

    @Test func `more iterations take longer`() {
        // The minimum of several: a disturbance only lengthens one.
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
