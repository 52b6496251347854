internal import Glibc

/// A confidence interval of a probability, from the number of successes in independent trials.
///
/// It is exact, so its coverage is at least the confidence. Source: Clopper and Pearson, *The use of confidence or
/// fiducial limits illustrated in the case of the binomial*, Biometrika 26, 1934.
package struct ProportionInterval: Sendable, Equatable {
    /// The lower end; 0 if there was no success.
    package let low: Double
    /// The upper end; 1 if every trial succeeded.
    package let high: Double

    /// Creates the interval of `hits` in `trials`, where `hits` ≤ `trials`. Without trials it is [0, 1].
    package init(hits: Int, of trials: Int, confidence: Double = 0.95) {
        let side = (1 - confidence) / 2
        low = hits > 0 ? Self.chance { 1 - Self.atMost(hits - 1, of: trials, chance: $0) > side } : 0
        high = hits < trials ? Self.chance { Self.atMost(hits, of: trials, chance: $0) <= side } : 1
    }

    /// The probability from which on a condition holds.
    private static func chance(from holds: (Double) -> Bool) -> Double {
        var (low, high) = (0.0, 1.0)
        for _ in 0..<50 {
            let middle = (low + high) / 2
            if holds(middle) { high = middle } else { low = middle }
        }
        return high
    }

    /// The probability of at most `hits` successes. Computed with logarithms: powers underflow in large samples.
    private static func atMost(_ hits: Int, of trials: Int, chance: Double) -> Double {
        let (size, yes, no) = (Double(trials), log(chance), log1p(-chance))
        return (0...hits).reduce(0) { sum, count in
            let count = Double(count)
            let choices: Double = lgamma(size + 1) - lgamma(count + 1) - lgamma(size - count + 1)
            let chance: Double = count * yes + (size - count) * no
            return sum + exp(choices + chance)
        }
    }
}
