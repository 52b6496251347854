internal import Glibc

/// A confidence interval of the median, without an assumption about the distribution.
public struct MedianInterval: Sendable, Equatable {
    /// The lower end, a value of the sample.
    public let low: Double
    /// The upper end, a value of the sample.
    public let high: Double
    /// The coverage of the interval: at least the requested confidence, or the maximum that so small a sample allows.
    public let confidence: Double

    /// Creates the narrowest interval between the k-th smallest and the k-th largest value that has the confidence; the
    /// range of the sample if none has. `nil` for a sample of fewer than two values.
    ///
    /// The number of values below the median is binomial with p = 1/2 for any distribution. Source: David and
    /// Nagaraja, *Order Statistics*, 3rd edition, 2003, section 7.1.
    public init?(_ sample: some Sequence<Double>, confidence wanted: Double = 0.95) {
        let sorted = sample.filter(\.isFinite).sorted()
        let count = sorted.count
        guard count > 1 else { return nil }
        // The probability that fewer than k values are below the median; the interval can miss on either side. Computed
        // with logarithms: powers of 1/2 underflow in large samples.
        let size = Double(count)
        func mass(_ below: Int) -> Double {
            let below = Double(below)
            let choices: Double = lgamma(size + 1) - lgamma(below + 1) - lgamma(size - below + 1)
            return exp(choices - size * log(2))
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

/// The positions of the values that are far from the sample's median: by more than 3.5 scaled median absolute
/// deviations, and by more than a tenth of the median. None in a sample of fewer than five values.
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
