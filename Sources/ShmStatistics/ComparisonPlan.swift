/// The plan of a paired comparison of two programs: several hypotheses (cells × metrics) are tested together, at
/// interim looks after given numbers of blocks, with early stopping and a confirmation of every finding.
///
/// A false positive: both programs are the same, and any hypothesis is claimed to differ. Its probability, for the
/// whole comparison, is at most `falseAlarmRate`, the family-wise false-positive rate:
/// - First stage. The interval of one hypothesis at one look misses the truth with a probability of at most 1 −
///   `confidence` = `stageLevel` / (hypotheses · looks). By the union bound (Bonferroni), the probability that *any*
///   interval of any hypothesis at any look misses is at most `stageLevel`. The bound holds for any dependence between
///   hypotheses and looks, and for any stopping rule: stopping only selects among events that the bound has all
///   counted. The last look may come early, when the time is over: after a number of blocks that depends on their
///   durations, not on their values. There are never more looks than planned.
/// - Second stage. Findings of the first stage are measured again in fresh blocks, with their own random orders, and
///   must be found there in the same direction at one of a few looks. Each is found by chance with a probability of at
///   most `stageLevel`, for any outcome of the first stage.
/// - A claim needs both stages. The probability of any claim is at most the sum over the hypotheses of the probability
///   to be found, in sum at most `stageLevel`, times the probability to be confirmed: `stageLevel`² = `falseAlarmRate`.
///   The probabilities multiply, since the second stage's bound holds conditionally on the first: it rests on fresh
///   random orders only (`SignedRankInterval`). As the sum is bounded, several candidates need no further correction.
///
/// The estimate must also exceed a threshold, which only makes false positives rarer.
///
/// **Equivalence** is a claim about all metrics at once, so it is not one more hypothesis of the family: each metric is
/// tested by itself at the whole `equivalenceLevel` (``provedMargin(_:level:)``), and its looks spend that level
/// (``AlphaSpending``). The margins that the looks prove hold together with a probability of at least 1 −
/// `equivalenceLevel`, so the smallest of them is proved, and a metric that one look found equivalent remains so. With the
/// intervals of the first stage, seven metrics and eight looks, each test would have a level of 0.09 %, not of 1 % to 6 %.
///
/// The fractions at which looks spend are of blocks or of time, whichever is more: neither depends on the coins that give
/// the values their signs. There is one exception: a confirmation takes time, and whether there is one depends on values.
/// It only makes the last look come earlier, after blocks that spoke against equivalence.
///
/// The level of false positives is not spent but divided equally: a change is mostly found at the first looks, to which
/// spending would leave almost nothing.
///
/// Group-sequential designs that model the dependence between looks (Pocock, *Group sequential methods in the design
/// and analysis of clinical trials*, Biometrika 64, 1977) need somewhat fewer blocks, but assume normal values.
///
/// Sources: Dunn, *Multiple comparisons among means*, J. Amer. Statist. Assoc. 56, 1961, for the union bound; Armitage,
/// McPherson and Rowe, *Repeated significance tests on accumulating data*, J. R. Statist. Soc. A 132, 1969, for the
/// effect of uncorrected interim looks.
public struct ComparisonPlan: Sendable {
    /// The family-wise false-positive rate over all hypotheses and looks, e.g. 0.01.
    public let falseAlarmRate: Double
    /// The number of hypotheses: cells × metrics.
    public let hypotheses: Int
    /// The numbers of blocks after which the comparison looks, ascending.
    public let looks: [Int]

    /// Creates a plan. A rate outside 0…1 is clamped.
    public init(falseAlarmRate: Double, hypotheses: Int, looks: [Int]) {
        self.falseAlarmRate = max(0, min(1, falseAlarmRate))
        self.hypotheses = hypotheses
        self.looks = looks
    }

    /// The false-positive rate of each of the two stages: the square root of the whole.
    public var stageLevel: Double { falseAlarmRate.squareRoot() }

    /// The probability with which a metric that differs by its margin or more is found equivalent, at any look.
    public var equivalenceLevel: Double { stageLevel }

    /// The part of the comparison that is over after a number of blocks, and a part of the time: the greater of both.
    public func fraction(blocks: Int, time: Double) -> Double {
        min(1, max(time, looks.last.map { Double(blocks) / Double(max(1, $0)) } ?? 1))
    }

    /// The confidence of the interval of each hypothesis at each look of the first stage.
    public var confidence: Double { 1 - stageLevel / Double(max(1, hypotheses) * max(1, looks.count)) }

    /// The confidence of the two-sided interval of each candidate at each look of the second stage. A candidate has a
    /// direction, so only one end can err, which has half of the interval's error probability; the looks share the
    /// level. At least 0.
    public var confirmationConfidence: Double { max(0, 1 - 2 * stageLevel / Double(Self.confirmationLooks)) }

    private static let confirmationLooks = 3

    /// The numbers of fresh blocks after which the second stage looks, from the number of blocks of the first: half as
    /// many are mostly enough, since there are few looks, but at least eight; twice and four times as many, for noise
    /// that occasionally disturbs a block strongly.
    public static func confirmationLooks(after blocks: Int) -> [Int] {
        let first = max(8, blocks / 2)
        return (0..<confirmationLooks).map { first << $0 }
    }

    /// Creates a plan with a number of looks: the first as soon as a decision is possible, and after at least `fewest`
    /// blocks; each next one after half as many blocks more.
    public init(falseAlarmRate: Double, hypotheses: Int, looks count: Int, fewest: Int) {
        let confidence = ComparisonPlan(
            falseAlarmRate: falseAlarmRate, hypotheses: hypotheses, looks: Array(repeating: 0, count: count)
        ).confidence
        // At a rate of 0 no decision is possible.
        var looks = [min(max(fewest, 1, Self.fewestBlocks(confidence: confidence)), 1 << 20)]
        while looks.count < count { looks.append(max(looks[looks.count - 1] + 1, looks[looks.count - 1] * 3 / 2)) }
        self.init(falseAlarmRate: falseAlarmRate, hypotheses: hypotheses, looks: looks)
    }

    /// The minimum number of blocks with a finite signed-rank interval: n blocks have 2ⁿ patterns of signs, and the two
    /// patterns with equal signs must be rare enough. `Int.max` for a confidence of 1 or more.
    public static func fewestBlocks(confidence: Double) -> Int {
        guard confidence < 1 else { return .max }
        var (blocks, missed) = (1, 1.0)
        while missed > 1 - confidence {
            blocks += 1
            missed /= 2
        }
        return blocks
    }
}

/// The decision on a log-ratio.
public enum Direction: Sendable, Equatable {
    /// Above zero by the interval, and above the threshold by the estimate.
    case higher
    /// Below zero by the interval, and below the negative threshold by the estimate.
    case lower
    /// Equivalent at the margin: tests prove that it is within it.
    case equivalent
    /// None of these: the data prove too little.
    case undecided
}

/// Whether a log-ratio differs: the interval excludes zero, and the estimate exceeds a threshold, which is a log-ratio above
/// zero: smaller differences do not matter. The interval need not be beyond the threshold. `nil` if it does not.
public func difference(estimate: Double, low: Double, high: Double, threshold: Double) -> Direction? {
    if low > 0, estimate > threshold { return .higher }
    return high < 0 && estimate < -threshold ? .lower : nil
}

/// Decides on the estimate and the interval of a log-ratio with a threshold: ``difference(estimate:low:high:threshold:)``,
/// or equivalent if the interval lies within the threshold.
public func direction(estimate: Double, low: Double, high: Double, threshold: Double) -> Direction {
    difference(estimate: estimate, low: low, high: high, threshold: threshold)
        ?? (-threshold <= low && high <= threshold ? .equivalent : .undecided)
}
