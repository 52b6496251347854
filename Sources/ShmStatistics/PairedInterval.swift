internal import Glibc

/// A confidence interval of the location of paired differences, for samples of any size.
///
/// From the size at which ``SignedRankInterval`` has the confidence, it is that interval, which rests on the random order
/// within each pair alone. Smaller samples have too few patterns of signs for any distribution-free interval: three
/// pairs, at best one of 75 %. For these it is Student's interval of the mean, which assumes normal differences.
/// Differences that are heavy-tailed but symmetric, as those of two equal programs measured in random order are, make it
/// wider, not narrower, at such confidences. Which of the two applies depends on the size alone, not on the values.
///
/// Sources: Student, *The probable error of a mean*, Biometrika 6, 1908; Efron, *Student's t-test under symmetry
/// conditions*, J. Amer. Statist. Assoc. 64, 1969, for heavy tails.
public struct PairedInterval: Sendable, Equatable {
    /// The Hodges–Lehmann estimate, or the mean of a small sample.
    public let estimate: Double
    /// The lower end; -infinity for a single difference.
    public let low: Double
    /// The upper end; +infinity for a single difference.
    public let high: Double

    /// Creates the interval of at least one difference. `nil` for none, or if one is not finite.
    public init?(_ differences: [Double], confidence: Double) {
        self.init(differences, IntervalSizes(confidence: confidence))
    }

    init?(_ differences: [Double], _ sizes: IntervalSizes) {
        guard !differences.isEmpty, differences.allSatisfy(\.isFinite) else { return nil }
        let count = differences.count
        let rank = sizes.rank(count)
        if rank.rank > 0 {
            guard let ranked = SignedRankInterval(differences, rank: rank) else { return nil }
            (estimate, low, high) = (ranked.estimate, ranked.low, ranked.high)
            return
        }
        let mean = differences.reduce(0, +) / Double(count)
        let half = studentHalf(
            deviation: standardDeviation(differences), count: count, quantile: count > 1 ? sizes.quantile(count) : 0)
        (estimate, low, high) = (mean, mean - half, mean + half)
    }
}

/// Half of Student's interval of the mean; infinite for fewer than two values.
///
/// - Parameter quantile: that of Student's distribution for the number of values.
func studentHalf(deviation: Double?, count: Int, quantile: Double) -> Double {
    guard let deviation, count > 1 else { return .infinity }
    return deviation == 0 ? 0 : quantile * deviation / Double(count).squareRoot()
}

/// The standard deviation of a sample; `nil` for fewer than two values.
func standardDeviation(_ sample: [Double]) -> Double? {
    guard sample.count > 1 else { return nil }
    let mean = sample.reduce(0, +) / Double(sample.count)
    let squares = sample.reduce(0) { $0 + ($1 - mean) * ($1 - mean) }
    return (squares / Double(sample.count - 1)).squareRoot()
}
