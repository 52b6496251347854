internal import Glibc

/// The half-width that ``PairedInterval`` is expected to have for a number of normal differences whose standard deviation
/// is 1: Student's for a small sample, and from the size at which ``SignedRankInterval`` has the confidence, that of the
/// signed ranks, which is wider at first.
struct ExpectedHalf {
    private let confidence: Double
    /// The smallest size with an interval of signed ranks: 2 of the 2ⁿ patterns of signs are outside of the widest one.
    private let fewestRanked: Int
    private var known: [Int: Double] = [:]

    /// The size up to which the ideal sample is built. Beyond, the intervals of the signed ranks are wider than Student's
    /// by the root of their asymptotic relative efficiency, 3/π (Hodges and Lehmann, *The efficiency of some nonparametric
    /// competitors of the t-test*, Ann. Math. Statist. 27, 1956).
    private static let largestIdeal = 100

    init(confidence: Double) {
        self.confidence = confidence
        fewestRanked = confidence < 1 ? Int((1 - log2(1 - confidence)).rounded(.up)) : .max
    }

    /// The smallest size in a range at which the half-width is less than a limit; `nil` if there is none.
    mutating func firstSize(in sizes: ClosedRange<Int>, below limit: Double) -> Int? {
        // Each method's half-width descends, but from the last size of one to the first of the other it ascends.
        let border = min(max(fewestRanked, sizes.lowerBound), sizes.upperBound + 1)
        return first(in: sizes.lowerBound..<border, below: limit)
            ?? first(in: border..<sizes.upperBound + 1, below: limit)
    }

    private mutating func first(in sizes: Range<Int>, below limit: Double) -> Int? {
        guard let last = sizes.last, half(last) < limit else { return nil }
        var (low, high) = (sizes.lowerBound - 1, last)
        while low + 1 < high {
            let middle = (low + high) / 2
            if half(middle) < limit { high = middle } else { low = middle }
        }
        return high
    }

    /// The expected half-width for a size.
    mutating func half(_ size: Int) -> Double {
        if let half = known[size] { return half }
        let half = computed(size)
        known[size] = half
        return half
    }

    private func computed(_ size: Int) -> Double {
        let student = studentHalf(deviation: 1, count: size, confidence: confidence)
        if size < fewestRanked { return student }
        if size > Self.largestIdeal { return student * (Double.pi / 3).squareRoot() }
        let interval = SignedRankInterval(Self.ideal(size), confidence: confidence)
        return interval.map { ($0.high - $0.low) / 2 } ?? .infinity
    }

    /// The expected values of a normal sample in order (Blom, *Statistical Estimates and Transformed Beta-Variables*,
    /// 1958), scaled to the standard deviation 1.
    private static func ideal(_ size: Int) -> [Double] {
        let values = (1...size).map { normalQuantile((Double($0) - 0.375) / (Double(size) + 0.25)) }
        return standardDeviation(values).map { deviation in values.map { $0 / deviation } } ?? values
    }
}
