import TestSupport
import Testing

@testable import ShmCoordinator

@Suite(.timeLimit(.minutes(10))) struct WatchdogTests {
    @Test func `a changing count is not stuck, and a constant one is after the limit`() {
        var watchdog = Watchdog(patience: 200_000_000)
        let alarms = (0..<100).filter { watchdog.isStuck(progress: $0) }
        #expect(alarms.isEmpty)
        let isNoticed = eventually { watchdog.isStuck(progress: 99) }
        #expect(isNoticed)
    }

    @Test func `a count that changes again is no longer stuck`() {
        var watchdog = Watchdog(patience: 200_000_000)
        let isNoticed = eventually { watchdog.isStuck(progress: 1) }
        let isStillStuck = watchdog.isStuck(progress: 2)
        #expect(isNoticed)
        #expect(!isStillStuck)
    }
}
