/// The location of the differences of a paired sample: the Hodges–Lehmann estimate with the confidence interval that
/// belongs to Wilcoxon's signed-rank test. There is one value per pair, e.g. the log-ratio of one block.
///
/// The ends are Walsh averages, (xᵢ + xⱼ)/2 for i ≤ j: of all M = n(n+1)/2, the k-th smallest and the k-th largest,
/// where k is the largest rank that has the confidence. With both ends included, the coverage is at least the
/// confidence for ties and discrete values too.
///
/// Why it is exact for randomised blocks: a fair coin decides whether a block's order is ABBA or BAAB, and its value is
/// the mean log of B's rounds minus the mean log of A's. If A and B are the same, the rounds would have had the same
/// results in either order, and the coin only gives the value its sign. All 2ⁿ patterns of signs are then equally
/// likely, *given* the magnitudes, and the null distribution needs nothing else. Drift, autocorrelation, outliers and
/// bursts change the magnitudes; they cannot bias the coin. Independence of the values, or symmetry about zero, need
/// not be assumed: the coin makes them symmetric. If B is slower by a constant factor, the same holds for the values
/// minus its log, so the interval is exact too. It requires a fair coin for each block, and rounds that do not depend
/// on the order (no B that slows down the A after it).
///
/// A block of turns has many coins: one for the order in which the two fleets start, and one for each pair of turns. Its
/// value may be any function of the turns that changes its sign, and nothing else, when A and B are exchanged: a mean or a
/// median of the pairs' log-ratios, or the log-ratio of a percentile over all turns of each side. Turning all coins of a
/// block exchanges A and B, and the patterns before and after are equally likely. So given the class of such two patterns,
/// the sign of the block's value is a fair coin again. That the pairs of a block depend on each other is of no account.
///
/// Sources: Wilcoxon, *Individual comparisons by ranking methods*, Biometrics Bulletin 1, 1945; Hodges and Lehmann,
/// *Estimates of location based on rank tests*, Ann. Math. Statist. 34, 1963; Tukey's interval as in Hollander, Wolfe
/// and Chicken, *Nonparametric Statistical Methods*, 3rd edition, 2014, section 3.3; Noether, *Wilcoxon confidence
/// intervals for location parameters in the discrete case*, J. Amer. Statist. Assoc. 62, 1967; Fisher, *The Design of
/// Experiments*, 1935, for the coin.
public struct SignedRankInterval: Sendable, Equatable {
    /// The Hodges–Lehmann estimate: the median of the Walsh averages.
    public let estimate: Double
    /// The lower end; -infinity if the sample is too small for the confidence.
    public let low: Double
    /// The upper end; +infinity if the sample is too small for the confidence.
    public let high: Double
    /// The coverage of the interval: at least the requested confidence; 1 if the ends are infinite.
    public let confidence: Double

    /// Creates the interval of at least one difference. `nil` for none, or if one is not finite.
    ///
    /// Exact up to 100 differences; the normal approximation for more.
    public init?(_ differences: [Double], confidence: Double) {
        self.init(differences, rank: SignedRankRank(size: differences.count, confidence: confidence))
    }

    /// Creates the interval from a precomputed rank, which depends only on the size of the sample.
    package init?(_ differences: [Double], rank: SignedRankRank) {
        guard differences.count == rank.size, let walsh = WalshAverages(differences) else { return nil }
        estimate = walsh.median
        (low, high) =
            rank.rank > 0
            ? (walsh[rank.rank], walsh[walsh.count + 1 - rank.rank]) : (-.infinity, .infinity)
        confidence = rank.confidence
    }
}

/// The rank of the Walsh averages that bound the interval, for a size of sample.
package struct SignedRankRank: Sendable, Equatable {
    /// Number of differences.
    package let size: Int
    /// The interval is from the k-th smallest to the k-th largest; 0 if there is none.
    package let rank: Int
    /// The coverage of that interval; 1 if there is none.
    package let confidence: Double

    package init(size: Int, confidence wanted: Double) {
        self.size = size
        let averages = size * (size + 1) / 2
        // At most half of them, so that the ends do not cross.
        let found = largestRank(upTo: (averages + 1) / 2, confidence: wanted, missed: Self.missed(size, averages))
        (rank, confidence) = (found.rank, found.confidence)
    }

    /// The probabilities that the sum of the positive ranks is at most 0, 1, …
    private static func missed(_ size: Int, _ averages: Int) -> (Int) -> Double {
        if size <= 100 {
            let chances = signFlipChances(ranks: 1..<(size + 1), upTo: averages / 2)
            return { chances[$0] }
        }
        let count = Double(size)
        let (mean, deviation) = (Double(averages) / 2, (count * (count + 1) * (2 * count + 1) / 24).squareRoot())
        return { normalBelow((Double($0) + 0.5 - mean) / deviation) }
    }
}

/// The largest rank whose interval has the confidence: the interval misses on either side with the probability that the
/// statistic is less than the rank. 0, with the confidence 1 of the whole line, if none has.
func largestRank(
    upTo most: Int, confidence wanted: Double, missed: (Int) -> Double
) -> (rank: Int, confidence: Double) {
    // The probabilities are ascending.
    var (low, high) = (0, most)
    while low < high {
        let middle = (low + high + 1) / 2
        if 2 * missed(middle - 1) <= 1 - wanted { low = middle } else { high = middle - 1 }
    }
    return (low, low > 0 ? max(0, 1 - 2 * missed(low - 1)) : 1)
}

/// The ordered averages of all pairs of a sample, each value paired with itself included, without storing them.
private struct WalshAverages {
    private let halves: [Double]
    let count: Int

    init?(_ sample: [Double]) {
        guard !sample.isEmpty, sample.allSatisfy(\.isFinite) else { return nil }
        // Halved first, so that no sum overflows.
        halves = sample.map { $0 / 2 }.sorted()
        count = sample.count * (sample.count + 1) / 2
    }

    /// The k-th smallest, from 1.
    subscript(rank: Int) -> Double {
        let last = halves.count - 1
        return smallest(between: 2 * halves[0], and: 2 * halves[last], reaching: rank, countUpTo: count(upTo:))
    }

    var median: Double { self[(count + 1) / 2] / 2 + self[count / 2 + 1] / 2 }

    /// The number of averages up to a bound: for a larger first value, fewer second values are small enough.
    private func count(upTo bound: Double) -> Int {
        var (found, second) = (0, halves.count - 1)
        for first in halves.indices {
            while second >= first, halves[first] + halves[second] > bound { second -= 1 }
            if second < first { break }
            found += second - first + 1
        }
        return found
    }
}

/// The p-value of Wilcoxon's signed-rank test: the probability that fair coins for the signs would give a sum of
/// positive ranks as extreme as this one. `nil` if no difference is non-zero, or one is not finite.
///
/// Zeros are dropped, equal magnitudes share their mean rank. Exact up to 200 differences, with ties too: the
/// distribution is computed from the actual ranks. For more it is the normal approximation with corrections for ties
/// and continuity. A two-sided p is twice the smaller one. `SignedRankInterval` explains why the blocks have fair
/// coins.
///
/// Sources: Wilcoxon 1945; Pratt, *Remarks on zeros and ties in the Wilcoxon signed rank procedures*, J. Amer. Statist.
/// Assoc. 54, 1959, for what dropping zeros means; Streitberg and Röhmel, *Exact distributions for permutation and rank
/// tests*, Statistical Software Newsletter 12, 1986, for counting with ties.
public func signedRankTest(_ differences: [Double], alternative: Alternative) -> Double? {
    guard differences.allSatisfy(\.isFinite) else { return nil }
    let bySize = differences.filter { $0 != 0 }.sorted { abs($0) < abs($1) }
    guard !bySize.isEmpty else { return nil }
    // Doubled ranks, so that ties are integers.
    let ranks = doubledMidranks(bySize.map { abs($0) })
    let total = ranks.reduce(0, +)
    let positive = zip(bySize, ranks).reduce(0) { $0 + ($1.0 > 0 ? $1.1 : 0) }
    guard bySize.count <= 200 else {
        let squares = ranks.reduce(0.0) { $0 + Double($1) * Double($1) / 4 }
        let distance = (Double(positive) - Double(total) / 2) / 2
        return Tails(normal: distance, deviation: squares.squareRoot() / 2).p(alternative)
    }
    // The distribution is symmetric, so the shorter side is counted.
    let nearer = min(positive, total - positive)
    let chances = signFlipChances(ranks: ranks, upTo: nearer)
    let (towards, away) = (chances[nearer], 1 - (nearer > 0 ? chances[nearer - 1] : 0))
    let tails = positive == nearer ? Tails(atMost: towards, atLeast: away) : Tails(atMost: away, atLeast: towards)
    return tails.p(alternative)
}
