/// What intervals of a confidence need to know of the size of a sample. It is the same for many comparisons, and takes longer
/// than the rest of an interval, so it is kept.
final class IntervalSizes {
    let confidence: Double
    var expected: ExpectedHalf
    private var ranks: [Int: SignedRankRank] = [:]
    private var quantiles: [Int: Double] = [:]

    init(confidence: Double) {
        self.confidence = confidence
        expected = ExpectedHalf(confidence: confidence)
    }

    /// The rank of the signed ranks for a size.
    func rank(_ size: Int) -> SignedRankRank {
        if let rank = ranks[size] { return rank }
        let rank = SignedRankRank(size: size, confidence: confidence)
        ranks[size] = rank
        return rank
    }

    /// Student's quantile for a size.
    func quantile(_ size: Int) -> Double {
        if let quantile = quantiles[size] { return quantile }
        let quantile = studentQuantile(freedom: size - 1, confidence: confidence)
        quantiles[size] = quantile
        return quantile
    }
}
