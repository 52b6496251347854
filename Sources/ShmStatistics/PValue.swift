internal import Glibc

/// The standard normal distribution function.
func normalBelow(_ value: Double) -> Double { erfc(-value / 2.0.squareRoot()) / 2 }

/// The value below which a standard normal variable is with a probability.
public func normalQuantile(_ probability: Double) -> Double {
    var (low, high) = (-10.0, 10.0)
    for _ in 0..<50 {
        let middle = (low + high) / 2
        if normalBelow(middle) < probability { low = middle } else { high = middle }
    }
    return (low + high) / 2
}

/// The alternative hypothesis of a test.
public enum Alternative: Sendable {
    /// Either direction.
    case twoSided
    /// Differences above zero; the candidate's values above the base's.
    case greater
    /// Differences below zero; the candidate's values below the base's.
    case less
}

/// The tail probabilities of a statistic under the null hypothesis.
struct Tails {
    /// The probability of the observed value or a smaller one.
    let atMost: Double
    /// The probability of the observed value or a larger one.
    let atLeast: Double

    /// The p-value; a two-sided p is twice the smaller one.
    func p(_ alternative: Alternative) -> Double {
        switch alternative {
        case .twoSided: min(1, 2 * min(atMost, atLeast))
        case .greater: min(1, atLeast)
        case .less: min(1, atMost)
        }
    }
}

extension Tails {
    /// The normal approximation, with a continuity correction of 1/2.
    init(normal distance: Double, deviation: Double) {
        guard deviation > 0 else {
            self.init(atMost: 1, atLeast: 1)
            return
        }
        self.init(
            atMost: normalBelow((distance + 0.5) / deviation), atLeast: normalBelow((0.5 - distance) / deviation))
    }
}
