internal import Histogram
internal import ShmCoordinator
internal import ShmCore
internal import ShmHarness

/// Times of one operation.
struct Stopwatch {
    private(set) var times = Histogram<UInt64>(
        lowestDiscernibleValue: 1, highestTrackableValue: 3_600_000_000_000, numberOfSignificantValueDigits: .three)
    private(set) var count = 0

    mutating func time(_ operation: () throws(SharedMemoryError) -> Void) throws(SharedMemoryError) {
        let start = Clock.now()
        try operation()
        let time = Clock.now() - start
        // Only a long one can have a pause in it.
        if time > 50_000_000, let standstill = Standstill(PauseWatch.shared.pauses(since: start)) {
            return PauseWarning.show("a sample is discarded: \(standstill.text)")
        }
        times.record(time)
        count += 1
    }
}
