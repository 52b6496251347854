internal import Glibc

/// Compares the best of several alternatives with each of the others, by their values in common rounds.
///
/// **Pairs.** The rounds with one number are measured close together in random order. The differences within a round do
/// not contain the drift between rounds, and for two equal alternatives their signs are fair coins (``PairedInterval``).
///
/// **Many rivals.** The best is chosen by the same values that prove it, and has k − 1 rivals, so one of k equal
/// alternatives leads by chance. Each interval therefore has the confidence 1 − α/(k − 1). Let j be an alternative that is
/// truly the best. A false winner is either another alternative whose interval against j is above zero, or j itself
/// although it has an equal rival: at most k one-sided errors of α/2(k − 1) each, in sum at most α. It does not matter
/// which alternative is chosen, since the sum is over all of them.
/// The choice makes the lead of the best look larger than it is, which makes "equivalent" rarer, not more frequent.
///
/// **Few rounds.** Workers may run in one of two modes in a round, such as on one core or on two. Of two equal locks, one
/// is in the faster mode and the other in the slower one in each of n rounds with a probability of up to 2·4⁻ⁿ: 3 % for
/// three rounds, and Student's interval would then be narrow. Fewer than ``fewestPairs`` pairs therefore only show
/// differences of more than a factor of four, which exceeds that of the modes, and fewer than three pairs none. From
/// ``fewestPairs`` on, and until there are enough for the signed ranks, the error rate holds for differences that are
/// roughly normal.
///
/// **Handicaps.** The instrument may lower an alternative by an unknown part of its handicap. Where two handicaps differ,
/// the true difference lies anywhere in that distance, which widens the interval on one side. Alternatives of the same
/// handicap are lowered alike.
///
/// Sources: Hsu, *Simultaneous confidence intervals for all distances from the "best"*, Ann. Statist. 9, 1981; Dunn,
/// *Multiple comparisons among means*, J. Amer. Statist. Assoc. 56, 1961, for the union bound.
public struct BestComparison: Sendable {
    /// One of the other alternatives.
    public struct Rival: Sendable {
        /// Its position among the alternatives.
        public let index: Int
        /// The number of common rounds.
        public let pairs: Int
        /// The lead of the best over it, with its interval; `nil` without common rounds.
        public let lead: PairedInterval?
        /// Whether the lead is within the difference of the handicaps, so that no number of pairs would decide.
        public let isWithinHandicap: Bool
        /// `higher` if the best is better by more than the threshold.
        public let direction: Direction
        /// The number of pairs, more than there are, that would probably decide at the observed scatter; `nil` if the
        /// direction is not undecided, if the scatter is unknown, or if ``BestComparison/mostPairs`` would not suffice.
        public let pairsToDecide: Int?
    }

    /// The number of pairs from which differences of less than ``fewPairsFactor`` count.
    public static let fewestPairs = 5

    /// The number of pairs from which any difference counts.
    public static let fewestDeciding = 3

    /// The factor that differences must exceed with fewer than ``fewestPairs`` pairs.
    public static let fewPairsFactor = 4.0

    /// The maximum of ``Rival/pairsToDecide``.
    public static let mostPairs = 1000

    /// The index of the alternative with the greatest median; the first of several. Medians over different rounds may
    /// mislead, so one that is better in the common rounds takes its place.
    public let best: Int
    /// The others, in order.
    public let rivals: [Rival]

    /// Compares at least two alternatives with values; `nil` for fewer.
    ///
    /// - Parameters:
    ///   - alternatives: the logarithms by round, where more is better.
    ///   - threshold: the smallest difference that matters.
    ///   - resolution: the error of a difference that comes from the resolution of the instrument. It widens the intervals.
    ///   - handicaps: by how much the instrument may lower each alternative; none by default.
    ///   - confidence: that of each interval, 1 − α/(k − 1).
    ///   - sizes: those of other comparisons.
    public init?<Round: Hashable>(
        _ alternatives: [[Round: Double]], threshold: Double, resolution: Double = 0, handicaps: [Double]? = nil,
        confidence: Double, sizes: Sizes = Sizes()
    ) {
        let medians = alternatives.map { median($0.values) ?? -.infinity }
        guard alternatives.count > 1, let most = medians.max(), var best = medians.firstIndex(of: most) else {
            return nil
        }
        let sizes = sizes.with(confidence: confidence)
        func rivals(of best: Int) -> [Rival] {
            alternatives.indices.filter { $0 != best }.map { index in
                let differences = alternatives[best].compactMap { round, value in
                    alternatives[index][round].map { value - $0 }
                }
                let handicap = handicaps.map { $0[index] - $0[best] } ?? 0
                return Rival(index, differences.sorted(), threshold, resolution, handicap, sizes)
            }
        }
        var found = rivals(of: best)
        // Rounds that lack an alternative can make a circle of leads, so each has the place once.
        var tried: Set = [best]
        while let better = found.filter({ $0.direction == .lower && !tried.contains($0.index) }).max(by: {
            medians[$0.index] < medians[$1.index]
        }) {
            best = better.index
            tried.insert(best)
            found = rivals(of: best)
        }
        (self.best, self.rivals) = (best, found)
    }

    /// The confidence of each interval with which the probability of any false winner, in several comparisons with these
    /// numbers of alternatives, is at most `errorRate`.
    public static func confidence(errorRate: Double, alternatives: [Int]) -> Double {
        1 - errorRate / Double(max(1, alternatives.reduce(0) { $0 + max(0, $1 - 1) }))
    }
}

extension BestComparison.Rival {
    fileprivate init(
        _ index: Int, _ differences: [Double], _ threshold: Double, _ resolution: Double, _ handicap: Double,
        _ sizes: IntervalSizes
    ) {
        self.index = index
        pairs = differences.count
        lead = PairedInterval(differences, sizes)
        guard let lead else {
            (direction, isWithinHandicap, pairsToDecide) = (.undecided, false, nil)
            return
        }
        // A lead of exactly the resolution is within it, also after rounding.
        let error = resolution * (1 + 1e-9)
        let found = ShmStatistics.direction(
            estimate: lead.estimate, low: lead.low - error - max(0, handicap),
            high: lead.high + error + max(0, -handicap), threshold: threshold)
        isWithinHandicap = lead.estimate * handicap > 0 && abs(lead.estimate) <= abs(handicap)
        // What is left of the lead once the handicap has explained all that it can.
        let distance = lead.estimate * handicap > 0 ? abs(lead.estimate) - abs(handicap) : abs(lead.estimate)
        let isTooSmall =
            pairs < BestComparison.fewestDeciding
            || pairs < BestComparison.fewestPairs && distance < log(BestComparison.fewPairsFactor)
        direction = found != .equivalent && isTooSmall ? .undecided : found
        // An interval that excludes zero, or that fits into the threshold.
        let half = (distance > threshold ? distance : threshold - distance) - resolution
        guard direction == .undecided, !isWithinHandicap, let deviation = standardDeviation(differences), half > 0,
            pairs < BestComparison.mostPairs
        else {
            pairsToDecide = nil
            return
        }
        let least = max(pairs + 1, BestComparison.fewestPairs)
        pairsToDecide =
            deviation > 0
            ? sizes.expected.firstSize(in: least...BestComparison.mostPairs, below: half / deviation) : least
    }
}
