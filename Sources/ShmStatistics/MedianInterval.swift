internal import Glibc

/// A confidence interval of the median, without any assumption on the distribution.
public struct MedianInterval: Sendable, Equatable {
    /// Its ends: values of the sample.
    public let low: Double
    /// Likewise.
    public let high: Double
    /// How likely such an interval is to hold the median: at least what was asked for, or the most that so small a sample allows.
    public let confidence: Double

    /// Of a sample: the narrowest interval between the k-th smallest and the k-th largest value that has the
    /// confidence; all of the sample where none has. `nil` for a sample of fewer than two.
    ///
    /// The number of values below the median is binomial with one half, whatever the distribution. Source: David and
    /// Nagaraja, *Order Statistics*, 3rd edition, 2003, section 7.1.
    public init?(_ sample: some Sequence<Double>, confidence wanted: Double = 0.95) {
        let sorted = sample.filter(\.isFinite).sorted()
        let count = sorted.count
        guard count > 1 else { return nil }
        // The chance that fewer than k values lie below the median; it is missed on either side.
        // By logarithms: powers of a half vanish in large samples.
        let size = Double(count)
        func mass(_ below: Int) -> Double {
            exp(lgamma(size + 1) - lgamma(Double(below) + 1) - lgamma(size - Double(below) + 1) - size * log(2))
        }
        var (rank, tail) = (1, mass(0))
        while rank < (count + 1) / 2 {
            let term = mass(rank)
            if 1 - 2 * (tail + term) < wanted { break }
            tail += term
            rank += 1
        }
        (low, high) = (sorted[rank - 1], sorted[count - rank])
        confidence = 1 - 2 * tail
    }
}

/// The values of a sample that lie far from its median: more than 3.5 of its scaled median absolute deviations, and
/// more than a tenth of the median. Their positions. None in a sample of fewer than five.
///
/// Source: Iglewicz and Hoaglin, *How to Detect and Handle Outliers*, 1993, for the modified z-score and 3.5.
public func outliers(_ sample: [Double]) -> [Int] {
    guard sample.count >= 5, let middle = median(sample), let deviation = median(sample.map { abs($0 - middle) })
    else { return [] }
    return sample.indices.filter { index in
        let distance = abs(sample[index] - middle)
        return distance > 0.1 * abs(middle) && 0.6745 * distance > 3.5 * deviation
    }
}
