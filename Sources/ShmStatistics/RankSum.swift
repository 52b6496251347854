/// The shift between two independent samples: the Hodges–Lehmann estimate with the confidence interval that belongs to
/// the Mann–Whitney test, by Moses.
///
/// Its ends are the k-th smallest and the k-th largest of the n·m differences candidate − base, where k is the largest
/// rank that has the confidence. The samples may differ in size; one value against many has an interval if there are
/// enough of the many. It assumes that values are exchangeable if there is no shift. Runs of one program over time,
/// with drift between them, are not exchangeable and belong in blocks (`SignedRankInterval`).
///
/// Sources: Mann and Whitney, *On a test of whether one of two random variables is stochastically larger than the
/// other*, Ann. Math. Statist. 18, 1947; Moses' interval as in Hollander, Wolfe and Chicken, *Nonparametric Statistical
/// Methods*, 3rd edition, 2014, section 4.3; Noether 1967 as for `SignedRankInterval`, for discrete values.
public struct RankSumInterval: Sendable, Equatable {
    /// The median of all differences candidate − base.
    public let estimate: Double
    /// The lower end; -infinity if the samples are too small for the confidence.
    public let low: Double
    /// The upper end; +infinity if the samples are too small for the confidence.
    public let high: Double
    /// The coverage of the interval: at least the requested confidence; 1 if the ends are infinite.
    public let confidence: Double

    /// `nil` if a sample is empty, or a value or the median difference is not finite.
    ///
    /// Exact for samples up to 50 against 50 or one against 4000; the normal approximation for larger ones.
    public init?(base: [Double], candidate: [Double], confidence: Double) {
        self.init(
            base: base, candidate: candidate,
            rank: RankSumRank(base: base.count, candidate: candidate.count, confidence: confidence))
    }

    /// Creates the interval from a precomputed rank, which depends only on the sizes of the samples.
    package init?(base: [Double], candidate: [Double], rank: RankSumRank) {
        guard base.count == rank.base, candidate.count == rank.candidate,
            let differences = PairwiseDifferences(base: base, candidate: candidate)
        else { return nil }
        let middle = differences.median
        guard middle.isFinite else { return nil }
        estimate = middle
        confidence = rank.confidence
        (low, high) =
            rank.rank > 0
            ? (differences[rank.rank], differences[differences.count + 1 - rank.rank]) : (-.infinity, .infinity)
    }
}

/// The rank of the pairwise differences that bound the interval, for sizes of samples. A document with many intervals
/// computes it once.
package struct RankSumRank: Sendable, Equatable {
    /// Number of the base's values.
    package let base: Int
    /// Number of the candidate's values.
    package let candidate: Int
    /// The interval is from the k-th smallest to the k-th largest; 0 if there is none.
    package let rank: Int
    /// The coverage of that interval; 1 if there is none.
    package let confidence: Double

    package init(base: Int, candidate: Int, confidence wanted: Double) {
        (self.base, self.candidate) = (base, candidate)
        guard base > 0, candidate > 0 else {
            (rank, confidence) = (0, 1)
            return
        }
        let found = largestRank(
            upTo: (base * candidate + 1) / 2, confidence: wanted, missed: Self.missed(base, candidate))
        (rank, confidence) = (found.rank, found.confidence)
    }

    /// The probabilities that the candidate is above in at most 0, 1, … of the pairs.
    private static func missed(_ base: Int, _ candidate: Int) -> (Int) -> Double {
        let (fewer, all, pairs) = (min(base, candidate), base + candidate, base * candidate)
        // The smallest rank sum of the smaller sample corresponds to 0 pairs.
        let least = fewer * (fewer + 1) / 2
        if isCountable(fewer: fewer, all: all, sum: least + pairs / 2) {
            let chances = drawChances(ranks: 1..<(all + 1), drawn: fewer, upTo: least + pairs / 2)
            return { chances[least + $0] }
        }
        let deviation = (Double(pairs) * Double(all + 1) / 12).squareRoot()
        return { normalBelow((Double($0) + 0.5 - Double(pairs) / 2) / deviation) }
    }
}

/// The ordered differences of all pairs of two samples, without storing them.
private struct PairwiseDifferences {
    private let base: [Double]
    private let candidate: [Double]
    let count: Int

    init?(base: [Double], candidate: [Double]) {
        guard !base.isEmpty, !candidate.isEmpty, base.allSatisfy(\.isFinite), candidate.allSatisfy(\.isFinite)
        else { return nil }
        (self.base, self.candidate) = (base.sorted(), candidate.sorted())
        count = base.count * candidate.count
    }

    /// The k-th smallest, from 1.
    subscript(rank: Int) -> Double {
        smallest(
            between: candidate[0] - base[base.count - 1], and: candidate[candidate.count - 1] - base[0],
            reaching: rank, countUpTo: count(upTo:))
    }

    var median: Double { self[(count + 1) / 2] / 2 + self[count / 2 + 1] / 2 }

    /// The number of differences up to a bound: for a larger value of the candidate, fewer values of the base are large
    /// enough.
    private func count(upTo bound: Double) -> Int {
        var (found, start) = (0, 0)
        for value in candidate {
            while start < base.count, value - base[start] > bound { start += 1 }
            found += base.count - start
        }
        return found
    }
}

/// The p-value of the Mann–Whitney test (Wilcoxon's rank-sum test): the probability that the candidate's ranks among
/// all values would be as extreme as these if they were drawn at random. `greater` means that the candidate is above
/// the base. `nil` if a sample is empty or a value is not finite.
///
/// Exact up to 50 against 50 or one against 4000, and with ties (which share their mean rank) up to about half of that:
/// the distribution is computed from the actual ranks. For larger samples it is the normal approximation with
/// corrections for ties and continuity. A two-sided p is twice the smaller one.
///
/// Sources: Mann and Whitney 1947; Streitberg and Röhmel 1986, as for `signedRankTest`.
public func rankSumTest(base: [Double], candidate: [Double], alternative: Alternative) -> Double? {
    guard !base.isEmpty, !candidate.isEmpty, base.allSatisfy(\.isFinite), candidate.allSatisfy(\.isFinite)
    else { return nil }
    let values = (base.map { ($0, false) } + candidate.map { ($0, true) }).sorted { $0.0 < $1.0 }
    let doubled = doubledMidranks(values.map(\.0))
    // Without ties all doubled ranks are even.
    let unit = doubled.contains { $0 % 2 != 0 } ? 1 : 2
    // The ranks of the smaller sample, since fewer need less counting.
    let ofCandidate = candidate.count <= base.count
    let (fewer, all) = (min(base.count, candidate.count), values.count)
    let ranks = doubled.map { $0 / unit }
    let sum = zip(values, ranks).reduce(0) { $0 + ($1.0.1 == ofCandidate ? $1.1 : 0) }
    let total = ranks.reduce(0, +)
    let mean = Double(fewer) * Double(total) / Double(all)

    let tails: Tails
    // If the sum is above its mean, ranks are counted from the top, which is shorter.
    let fromTop = Double(sum) > mean
    let top = 2 * (all + 1) / unit
    let nearer = fromTop ? fewer * top - sum : sum
    if isCountable(fewer: fewer, all: all, sum: nearer) {
        let chances = drawChances(ranks: fromTop ? ranks.map { top - $0 } : ranks, drawn: fewer, upTo: nearer)
        let (towards, away) = (chances[nearer], 1 - (nearer > 0 ? chances[nearer - 1] : 0))
        tails = fromTop ? Tails(atMost: away, atLeast: towards) : Tails(atMost: towards, atLeast: away)
    } else {
        let center = Double(total) / Double(all)
        let spread = ranks.reduce(0.0) { $0 + (Double($1) - center) * (Double($1) - center) }
        let variance = spread * Double(fewer) * Double(all - fewer) / (Double(all) * Double(all - 1))
        // In whole ranks, of which 1/2 is the continuity correction.
        let scale = Double(unit) / 2
        tails = Tails(normal: (Double(sum) - mean) * scale, deviation: variance.squareRoot() * scale)
    }
    return (ofCandidate ? tails : Tails(atMost: tails.atLeast, atLeast: tails.atMost)).p(alternative)
}
