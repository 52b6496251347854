/// How a paired comparison of two programs is judged: several hypotheses (cells × metrics) at once, by looking at them
/// after so many blocks and stopping early, with a confirmation of whatever that finds.
///
/// What a false alarm is: both programs are the same, and any hypothesis is claimed to differ. It has at most the rate
/// `falseAlarmRate`, for the whole comparison:
/// - First stage. An interval that misses the truth in one look at one hypothesis has at most the chance
///   1 − `confidence` = `stageLevel` / (hypotheses · looks). By the union bound (Bonferroni) *any* interval of any
///   hypothesis at any look misses with at most `stageLevel`. That holds however hypotheses and looks depend on each
///   other, and whenever one stops and why: stopping only chooses among events that the bound has all counted. The last
///   look may come early, when the time is over: at a number of blocks that depends on how long they took, not on what
///   they say; there are never more looks than were planned.
/// - Second stage: what the first stage found is measured in fresh blocks, with coins of their own, and must be found there
///   in the same direction at one of a few looks; by chance each is with at most `stageLevel`, whatever the first stage saw.
/// - A claim needs both. The chance that some hypothesis is claimed is at most the sum over all of them of the chance to be
///   found, which is at most `stageLevel` in sum, times that to be confirmed: `stageLevel`² = `falseAlarmRate`. The
///   chances multiply as the second stage's bound holds given the first, for it rests on fresh coins only
///   (`SignedRankInterval`); and as it is the sum that is bounded, nothing more is to be paid for several candidates.
///
/// That the estimate must also exceed a threshold only makes alarms rarer. `same` rests on the first stage alone: that
/// any hypothesis is found the same and differs by more than the threshold has at most `stageLevel`.
///
/// Group-sequential designs that know how looks depend on each other (Pocock, *Group sequential methods in the design
/// and analysis of clinical trials*, Biometrika 64, 1977) need somewhat fewer blocks, but assume normal values.
///
/// Sources: Dunn, *Multiple comparisons among means*, J. Amer. Statist. Assoc. 56, 1961, for the union bound; Armitage,
/// McPherson and Rowe, *Repeated significance tests on accumulating data*, J. R. Statist. Soc. A 132, 1969, for what
/// looking repeatedly does where nobody corrects for it.
public struct ComparisonPlan: Sendable {
    /// The most that the chance of any false alarm in the whole comparison may be, e.g. 0.01.
    public let falseAlarmRate: Double
    /// How many cells × metrics are judged.
    public let hypotheses: Int
    /// The numbers of blocks after which one looks, ascending.
    public let looks: [Int]

    /// A rate outside 0…1 is the nearer of the two.
    public init(falseAlarmRate: Double, hypotheses: Int, looks: [Int]) {
        self.falseAlarmRate = max(0, min(1, falseAlarmRate))
        self.hypotheses = hypotheses
        self.looks = looks
    }

    /// The chance of a false alarm in each of the two stages: the root of the whole.
    public var stageLevel: Double { falseAlarmRate.squareRoot() }

    /// The confidence of the interval of each hypothesis at each look of the first stage.
    public var confidence: Double { 1 - stageLevel / Double(max(1, hypotheses) * max(1, looks.count)) }

    /// The confidence of the (two-sided) interval of each candidate at each look of the second stage: a candidate has a
    /// direction, so only one end can err, which is half of what the interval leaves; the looks share the level. At least 0.
    public var confirmationConfidence: Double { max(0, 1 - 2 * stageLevel / Double(Self.confirmationLooks)) }

    private static let confirmationLooks = 3

    /// After how many fresh blocks one looks whether these confirm what was found after so many blocks. Half of those are
    /// mostly enough, since there are few looks, eight at least; where noise now and then hits a block hard, twice and four
    /// times as many.
    public static func confirmationLooks(after blocks: Int) -> [Int] {
        let first = max(8, blocks / 2)
        return (0..<confirmationLooks).map { first << $0 }
    }

    /// A plan with so many looks: the first as soon as anything can be decided, and after `fewest` blocks at least, each
    /// next one after half as many blocks more.
    public init(falseAlarmRate: Double, hypotheses: Int, looks count: Int, fewest: Int) {
        let confidence = ComparisonPlan(
            falseAlarmRate: falseAlarmRate, hypotheses: hypotheses, looks: Array(repeating: 0, count: count)
        ).confidence
        // Nothing can be decided where no false alarm is allowed.
        var looks = [min(max(fewest, 1, Self.fewestBlocks(confidence: confidence)), 1 << 20)]
        while looks.count < count { looks.append(max(looks[looks.count - 1] + 1, looks[looks.count - 1] * 3 / 2)) }
        self.init(falseAlarmRate: falseAlarmRate, hypotheses: hypotheses, looks: looks)
    }

    /// The fewest blocks whose signed-rank interval is finite: n blocks have 2ⁿ patterns of signs, of which the two with
    /// all signs alike must be rare enough. `Int.max` where no number is enough: a confidence of 1 or more.
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

/// What the interval of a log-ratio says.
public enum Direction: Sendable, Equatable {
    /// Above zero by the interval, and above the threshold by the estimate.
    case higher
    /// Below zero, and below the threshold's negative.
    case lower
    /// Nowhere outside the threshold.
    case same
    /// Not yet decided.
    case open
}

/// Judges an estimate and its interval of a log-ratio against a threshold, also a log and above zero: differences up to
/// it do not matter. An interval above zero that reaches beyond the threshold on neither side is `same`, however sure
/// the difference is; one whose estimate is beyond it is not held back until the interval is, too.
public func direction(estimate: Double, low: Double, high: Double, threshold: Double) -> Direction {
    if low > 0, estimate > threshold { return .higher }
    if high < 0, estimate < -threshold { return .lower }
    return -threshold <= low && high <= threshold ? .same : .open
}
