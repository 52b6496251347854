internal import Glibc
internal import ShmStatistics

/// The margin within which a metric is equivalent, if it follows from the noise of the base: what a comparison of equals can
/// be expected to prove in its time, but not less than the threshold, and not more than the metric's ``Metric/marginCap``.
///
/// The noise is that of the control blocks, which measure the base against itself. The margin keeps the error rate of
/// equivalence, because it is fixed before the test and independent of it: it rests on the control blocks and the duration
/// of the blocks alone. The rounds of the control are in no block of the candidate, and the order of each block has a coin
/// of its own. So, given the margin and all magnitudes, the signs of the candidate's blocks are still fair coins, and the
/// tests have their level for this margin as for any other.
///
/// A change is reported from the threshold on as without it. Only equivalence is a weaker claim.
package struct EquivalenceMargin: Equatable, Sendable {
    /// What determines a margin. Raw values are those of schema 1.
    package enum Source: String, CaseIterable, Sendable {
        /// The minimum change to report.
        case threshold
        /// One step of the clock.
        case clock
        /// The noise of the base.
        case noise
        /// The limit of margins that follow from noise.
        case cap
    }

    /// As a share of the base.
    package let share: Double
    package let source: Source

    /// How often the two one-sided tests of equals prove the margin, if the noise is as estimated.
    private static let power = 0.95

    /// - Parameters:
    ///   - threshold: the minimum change to report, as a share.
    ///   - control: the logarithms of the ratios in the control blocks; without any, the margin is the threshold.
    ///   - blocks: the expected number of blocks at the last look.
    ///   - level: the error rate of equivalence.
    package init(_ metric: Metric, threshold: Double, control: [Double], blocks: Int, level: Double) {
        let cap = max(threshold, metric.marginCap)
        let share = Self.deviation(control).map { deviation in
            let distance = normalQuantile(1 - level / 2) + normalQuantile((1 + Self.power) / 2)
            return expm1(distance * deviation / Double(max(1, blocks)).squareRoot())
        }
        guard let share, share > threshold else {
            (self.share, source) = (threshold, .threshold)
            return
        }
        (self.share, source) = share < cap ? (share, .noise) : (cap, .cap)
    }

    /// The standard deviation of normal values whose signed-rank interval is as wide as that of these: single outliers, which
    /// hardly widen an interval, do not widen the margin.
    private static func deviation(_ sample: [Double]) -> Double? {
        guard let interval = SignedRankInterval(sample, confidence: 0.9), interval.low.isFinite else { return nil }
        return (interval.high - interval.low) / 2 / normalQuantile(0.95) * Double(sample.count).squareRoot()
    }
}
