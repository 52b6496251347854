internal import Glibc
internal import ShmStatistics

/// The figure of a lock relative to that of the reference on the same machine.
///
/// The rounds of both are independent samples: files may lack some of one run, or be of several. The ratio is estimated
/// from all pairs of rounds (Hodges and Lehmann), and has the interval of Moses, so it is not exactly the quotient of the
/// medians. The machine's speed cancels out, which is why ratios of different machines can stand side by side.
package struct MachineRatio {
    package let value: Double
    /// The ends of the interval; `nil` for the reference, and if so few rounds have none with the confidence.
    package let interval: (low: Double, high: Double)?

    /// The confidence of each interval on its own; they are not simultaneous.
    package static let confidence = 0.95

    /// The reference itself, which is not compared with its own rounds.
    static let reference = MachineRatio(value: 1, interval: nil)

    private init(value: Double, interval: (low: Double, high: Double)?) {
        (self.value, self.interval) = (value, interval)
    }

    /// `nil` if a sample is empty.
    init?(base: [Double], candidate: [Double], _ ranks: inout RankSumRanks) {
        let rank = ranks.rank(base.count, candidate.count)
        guard let found = RankSumInterval(base: base, candidate: candidate, rank: rank) else { return nil }
        value = exp(found.estimate)
        interval = found.low.isFinite ? (exp(found.low), exp(found.high)) : nil
    }
}

/// The ranks of intervals with one confidence: they depend on the numbers of rounds alone, of which there are few.
struct RankSumRanks {
    private let confidence: Double
    private var known: [Int: [Int: RankSumRank]] = [:]

    init(confidence: Double) { self.confidence = confidence }

    mutating func rank(_ base: Int, _ candidate: Int) -> RankSumRank {
        if let rank = known[base]?[candidate] { return rank }
        let rank = RankSumRank(base: base, candidate: candidate, confidence: confidence)
        known[base, default: [:]][candidate] = rank
        return rank
    }
}
