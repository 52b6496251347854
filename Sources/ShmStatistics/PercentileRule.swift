/// The rule for which percentiles a sample supports.
///
/// An upper percentile is estimated from the samples beyond it. Of n samples, n·(1 − p) lie beyond, give or take the
/// square root of that: from fewer than ten, the estimate moves by a third or more, and from fewer than one it is the
/// maximum.
public enum PercentileRule {
    /// The number of samples that must lie beyond a percentile.
    public static let beyond = 10

    /// The minimum number of samples for a percentile: 20 for the median, 1000 for p99, 10,000 for p99.9. The maximum
    /// needs one sample.
    public static func samples(for percent: Double) -> UInt64 {
        // In millionths, without the rounding error of 100 - 99.9.
        let share = ((100 - percent) * 1e4).rounded()
        return share > 0 ? UInt64((Double(beyond) * 1e6 / share).rounded(.up)) : 1
    }

    /// The percentiles of a curve that a number of samples supports: those of tables, and five in each halving of the
    /// distance to 100 %, as plots of HdrHistogram have them.
    public static func ticks(samples: UInt64) -> [Double] {
        var ticks: Set = [50, 90, 99, 99.9, 99.99, 99.999]
        var distance = 50.0
        while distance > 0.0005 {
            for step in 0..<5 { ticks.insert(100 - distance * (1 - Double(step) / 10)) }
            distance /= 2
        }
        return ticks.filter { supports($0, samples: samples) }.sorted()
    }

    /// Whether a number of samples supports a percentile.
    public static func supports(_ percent: Double, samples: UInt64) -> Bool { samples >= self.samples(for: percent) }
}
