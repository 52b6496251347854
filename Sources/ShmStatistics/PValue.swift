internal import Glibc

/// The chance of a standard normal variable below a value.
func normalBelow(_ value: Double) -> Double { erfc(-value / 2.0.squareRoot()) / 2 }

/// Which differences count as evidence against there being none.
public enum Alternative: Sendable {
    /// Either direction.
    case twoSided
    /// Differences above zero; the candidate's values above the base's.
    case greater
    /// Differences below zero; the candidate's values below the base's.
    case less
}

/// What a statistic says against the hypothesis of no difference.
struct Tails {
    /// The chance of what was seen or less.
    let atMost: Double
    /// The chance of what was seen or more.
    let atLeast: Double

    /// Two sides are twice the smaller one.
    func p(_ alternative: Alternative) -> Double {
        switch alternative {
        case .twoSided: min(1, 2 * min(atMost, atLeast))
        case .greater: min(1, atLeast)
        case .less: min(1, atMost)
        }
    }
}

extension Tails {
    /// The normal approximation, with a half for the continuity.
    init(normal distance: Double, deviation: Double) {
        guard deviation > 0 else {
            self.init(atMost: 1, atLeast: 1)
            return
        }
        self.init(
            atMost: normalBelow((distance + 0.5) / deviation), atLeast: normalBelow((0.5 - distance) / deviation))
    }
}
