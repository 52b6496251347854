internal import Glibc

/// A confidence interval of a chance, from how often something happened in so many independent trials.
///
/// Exact, hence with at least the confidence. Source: Clopper and Pearson, *The use of confidence or fiducial limits
/// illustrated in the case of the binomial*, Biometrika 26, 1934.
package struct ProportionInterval: Sendable, Equatable {
    /// Its ends: 0 where it never happened, 1 where it always did.
    package let low: Double
    /// Likewise.
    package let high: Double

    /// Of `hits` in `trials`, which are at least as many; without any trial it is all from 0 to 1.
    package init(hits: Int, of trials: Int, confidence: Double = 0.95) {
        let side = (1 - confidence) / 2
        low = hits > 0 ? Self.chance { 1 - Self.atMost(hits - 1, of: trials, chance: $0) > side } : 0
        high = hits < trials ? Self.chance { Self.atMost(hits, of: trials, chance: $0) <= side } : 1
    }

    /// The chance from which on something holds.
    private static func chance(from holds: (Double) -> Bool) -> Double {
        var (low, high) = (0.0, 1.0)
        for _ in 0..<50 {
            let middle = (low + high) / 2
            if holds(middle) { high = middle } else { low = middle }
        }
        return high
    }

    /// How likely at most so many are. By logarithms: powers vanish in large samples.
    private static func atMost(_ hits: Int, of trials: Int, chance: Double) -> Double {
        let (size, yes, no) = (Double(trials), log(chance), log1p(-chance))
        return (0...hits).reduce(0) { sum, count in
            let count = Double(count)
            return sum
                + exp(
                    lgamma(size + 1) - lgamma(count + 1) - lgamma(size - count + 1) + count * yes + (size - count) * no)
        }
    }
}
