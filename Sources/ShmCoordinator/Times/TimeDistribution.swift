internal import Histogram
internal import ShmStatistics

/// A distribution of times, in memory of constant size.
public struct TimeDistribution: Sendable {
    private var histogram: Histogram<UInt64>?
    /// What a results file has of a distribution.
    private var recorded: (count: UInt64, percentiles: [(percent: Double, time: UInt64)], longest: UInt64?)?

    /// Creates an empty distribution.
    public init() {}

    /// A distribution of which a results file has some percentiles. No time can be added.
    package init(count: UInt64, _ percentiles: [(Double, UInt64?)], longest: UInt64?) {
        recorded = (count, percentiles.compactMap { percent, time in time.map { (percent, $0) } }, longest)
    }

    /// The number of times.
    public var count: UInt64 { recorded?.count ?? histogram?.totalCount ?? 0 }

    mutating func add(_ nanoseconds: UInt64) {
        if histogram == nil { histogram = Self.empty }
        histogram?.record(min(nanoseconds, Self.most))
    }

    mutating func add(_ other: TimeDistribution) {
        guard let more = other.histogram else { return }
        if histogram == nil { histogram = Self.empty }
        histogram?.add(more)
    }

    /// A percentile, in ns; `nil` if there are too few times (``PercentileRule``).
    public func percentile(_ percent: Double) -> UInt64? {
        if let recorded { return recorded.percentiles.first { $0.percent == percent }?.time }
        return PercentileRule.supports(percent, samples: count)
            ? histogram.map { min($0.valueAtPercentile(percent), $0.max) } : nil
    }

    /// The median of however many times, in ns; `nil` if there are none. For a figure that others of its kind confirm,
    /// such as the median of one round.
    public var middle: UInt64? {
        recorded.map { _ in percentile(50) } ?? histogram.map { min($0.valueAtPercentile(50), $0.max) }
    }

    /// The longest, in ns; `nil` if there are no times.
    public var longest: UInt64? { recorded.map(\.longest) ?? histogram?.max }

    /// The percentiles of a curve that the number of times supports; of a results file, those that it has.
    package var curve: [(percent: Double, time: UInt64)] {
        if let recorded { return recorded.percentiles }
        return PercentileRule.ticks(samples: count).compactMap { percent in percentile(percent).map { (percent, $0) } }
    }

    private static let most: UInt64 = 60_000_000_000
    private static var empty: Histogram<UInt64> {
        Histogram<UInt64>(
            lowestDiscernibleValue: 100, highestTrackableValue: most, numberOfSignificantValueDigits: .two)
    }
}
