/// Where the differences of a paired sample lie: the Hodges–Lehmann estimate with the interval that belongs to
/// Wilcoxon's signed-rank test. One value a pair, e.g. the log-ratio of one block.
///
/// The ends are Walsh averages, (xᵢ + xⱼ)/2 for i ≤ j: of the M = n(n+1)/2 of them the k-th smallest and the k-th
/// largest, with k the largest rank that still has the confidence. With both ends included it has at least that
/// confidence for ties and discrete values too.
///
/// Why it is exact for randomised blocks: let a coin order each block ABBA or BAAB, and let its value be the mean log of
/// B's rounds minus the mean log of A's. If A and B are the same, then the rounds would have come out the same in either
/// order, and the coin does nothing but give the value its sign. So all 2ⁿ patterns of signs are equally likely,
/// *given* the sizes, which is all that the null distribution needs. Drift, autocorrelation, outliers and bursts change
/// the sizes; they cannot bias the coin. That values are independent, or symmetric about zero, need not be assumed: the
/// coin makes them symmetric. If B is slower by a constant factor then that holds for the values minus its log, hence
/// the interval is exact too. It needs a fair coin for each block, and rounds that the order does not change (no B that
/// slows the A after it).
///
/// Sources: Wilcoxon, *Individual comparisons by ranking methods*, Biometrics Bulletin 1, 1945; Hodges and Lehmann,
/// *Estimates of location based on rank tests*, Ann. Math. Statist. 34, 1963; Tukey's interval as in Hollander, Wolfe
/// and Chicken, *Nonparametric Statistical Methods*, 3rd edition, 2014, section 3.3; Noether, *Wilcoxon confidence
/// intervals for location parameters in the discrete case*, J. Amer. Statist. Assoc. 62, 1967; Fisher, *The Design of
/// Experiments*, 1935, for the coin.
public struct SignedRankInterval: Sendable, Equatable {
    /// The Hodges–Lehmann estimate: the median of the Walsh averages.
    public let estimate: Double
    /// The lower end, which belongs to it; -infinity where the sample is too small for the confidence.
    public let low: Double
    /// The upper end likewise; +infinity where the sample is too small.
    public let high: Double
    /// The confidence that it has: at least what was asked for; 1 where the ends are infinite.
    public let confidence: Double

    /// Of at least one difference. `nil` for none, and where any is not finite.
    ///
    /// Exact up to 100 differences, by the normal approximation beyond.
    public init?(_ differences: [Double], confidence: Double) {
        self.init(differences, rank: SignedRankRank(size: differences.count, confidence: confidence))
    }

    /// The same with the rank at hand, which depends on nothing but the sample's size.
    package init?(_ differences: [Double], rank: SignedRankRank) {
        guard differences.count == rank.size, let walsh = WalshAverages(differences) else { return nil }
        estimate = walsh.median
        (low, high) =
            rank.rank > 0
            ? (walsh[rank.rank], walsh[walsh.count + 1 - rank.rank]) : (-.infinity, .infinity)
        confidence = rank.confidence
    }
}

/// Which Walsh averages bound the interval of a sample of a size.
package struct SignedRankRank: Sendable, Equatable {
    /// Number of differences.
    package let size: Int
    /// The k-th smallest and the k-th largest; 0 where there are none.
    package let rank: Int
    /// The confidence of that interval; 1 where there is none.
    package let confidence: Double

    package init(size: Int, confidence wanted: Double) {
        self.size = size
        let averages = size * (size + 1) / 2
        // No more than half of them, so that the ends do not cross.
        let found = largestRank(upTo: (averages + 1) / 2, confidence: wanted, missed: Self.missed(size, averages))
        (rank, confidence) = (found.rank, found.confidence)
    }

    /// The chances that the sum of the positive ranks is at most 0, 1, …
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

/// The largest rank whose interval has the confidence: it is missed on either side with the chance that the statistic is
/// less than the rank. 0, with the confidence 1 of the whole line, where none has.
func largestRank(
    upTo most: Int, confidence wanted: Double, missed: (Int) -> Double
) -> (rank: Int, confidence: Double) {
    // The chances ascend.
    var (low, high) = (0, most)
    while low < high {
        let middle = (low + high + 1) / 2
        if 2 * missed(middle - 1) <= 1 - wanted { low = middle } else { high = middle - 1 }
    }
    return (low, low > 0 ? max(0, 1 - 2 * missed(low - 1)) : 1)
}

/// The averages of all pairs of a sample, each value with itself among them, in order: without making them all.
private struct WalshAverages {
    private let halves: [Double]
    let count: Int

    init?(_ sample: [Double]) {
        guard !sample.isEmpty, sample.allSatisfy(\.isFinite) else { return nil }
        // Halves, so that no sum overflows.
        halves = sample.map { $0 / 2 }.sorted()
        count = sample.count * (sample.count + 1) / 2
    }

    /// The k-th smallest, from 1.
    subscript(rank: Int) -> Double {
        let last = halves.count - 1
        return smallest(between: 2 * halves[0], and: 2 * halves[last], reaching: rank, countUpTo: count(upTo:))
    }

    var median: Double { self[(count + 1) / 2] / 2 + self[count / 2 + 1] / 2 }

    /// How many are at most a bound: as the first of the pair grows, fewer can be the second.
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

/// The p-value of Wilcoxon's signed-rank test: how likely fair coins for signs would give a sum of positive ranks as
/// extreme as this one. `nil` where no difference is other than zero, and where any is not finite.
///
/// Zeros are dropped, equal sizes share their mean rank. Exact up to 200 differences, with ties too: the distribution is
/// that of the very ranks at hand. Beyond that the normal approximation with corrections for ties and continuity. Two
/// sides are twice the smaller one. See `SignedRankInterval` for why coins are what the blocks have.
///
/// Sources: Wilcoxon 1945; Pratt, *Remarks on zeros and ties in the Wilcoxon signed rank procedures*, J. Amer. Statist.
/// Assoc. 54, 1959, for what dropping zeros means; Streitberg and Röhmel, *Exact distributions for permutation and rank
/// tests*, Statistical Software Newsletter 12, 1986, for counting with ties.
public func signedRankTest(_ differences: [Double], alternative: Alternative) -> Double? {
    guard differences.allSatisfy(\.isFinite) else { return nil }
    let bySize = differences.filter { $0 != 0 }.sorted { abs($0) < abs($1) }
    guard !bySize.isEmpty else { return nil }
    // Twice the ranks: their sum is even or odd as ties have it.
    let ranks = doubledMidranks(bySize.map { abs($0) })
    let total = ranks.reduce(0, +)
    let positive = zip(bySize, ranks).reduce(0) { $0 + ($1.0 > 0 ? $1.1 : 0) }
    guard bySize.count <= 200 else {
        let squares = ranks.reduce(0.0) { $0 + Double($1) * Double($1) / 4 }
        let distance = (Double(positive) - Double(total) / 2) / 2
        return Tails(normal: distance, deviation: squares.squareRoot() / 2).p(alternative)
    }
    // The distribution is symmetric: count the shorter side.
    let nearer = min(positive, total - positive)
    let chances = signFlipChances(ranks: ranks, upTo: nearer)
    let (towards, away) = (chances[nearer], 1 - (nearer > 0 ? chances[nearer - 1] : 0))
    let tails = positive == nearer ? Tails(atMost: towards, atLeast: away) : Tails(atMost: away, atLeast: towards)
    return tails.p(alternative)
}
