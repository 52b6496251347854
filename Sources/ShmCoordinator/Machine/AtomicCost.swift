internal import ShmHarness
internal import Synchronization

/// The time of one uncontended atomic read-modify-write, an addition.
enum AtomicCost {
    /// The least of some series, in ns: what disturbs a series can only lengthen it.
    static func nanoseconds() -> Double {
        let (additions, series) = (2000, 50)
        let word = Atomic<UInt64>(0)
        let times = (0..<series).map { _ in
            let start = Clock.now()
            for _ in 0..<additions { word.wrappingAdd(1, ordering: .acquiringAndReleasing) }
            return Clock.now() - start
        }
        return Double(times.min() ?? 0) / Double(additions)
    }
}
