extension BestComparison {
    /// What comparisons of samples of the same sizes share, so that many of them take less time.
    public final class Sizes {
        private var known: [Double: IntervalSizes] = [:]

        /// Creates an empty cache.
        public init() {}

        func with(confidence: Double) -> IntervalSizes {
            if let sizes = known[confidence] { return sizes }
            let sizes = IntervalSizes(confidence: confidence)
            known[confidence] = sizes
            return sizes
        }
    }
}
