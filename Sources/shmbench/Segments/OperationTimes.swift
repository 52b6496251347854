internal import Histogram
internal import ShmRecord
internal import ShmStatistics

/// The times of one operation: their number, and those percentiles that the samples support.
struct OperationTimes {
    /// The percentiles of results files; 100 is the longest time.
    static let percents: [Double] = [50, 90, 99, 99.9, 100]

    let samples: UInt64
    /// By percent, in ns.
    private let times: [Double: UInt64]

    init(_ histogram: Histogram<UInt64>) {
        samples = histogram.totalCount
        var times: [Double: UInt64] = [:]
        for percent in Self.percents where PercentileRule.supports(percent, samples: samples) {
            times[percent] = min(histogram.valueAtPercentile(percent), histogram.max)
        }
        self.times = times
    }

    init(_ row: RecordedRows.Row) {
        samples = UInt64(row.count("samples"))
        var times: [Double: UInt64] = [:]
        for percent in Self.percents { times[percent] = row.time(Self.column(percent)) }
        self.times = times
    }

    /// A percentile, in ns; `nil` if the samples do not support it.
    subscript(percent: Double) -> UInt64? { times[percent] }

    /// The title of a percentile.
    static func title(_ percent: Double) -> String {
        percent == 100 ? "max" : "p" + (percent == percent.rounded() ? "\(Int(percent))" : "\(percent)")
    }

    /// Its column in results files.
    static func column(_ percent: Double) -> String { title(percent).replacing(".", with: "") + "_ns" }
}
