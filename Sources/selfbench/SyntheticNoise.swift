internal import Glibc

/// Synthetic noise: the logs of the figures of successive rounds.
struct SyntheticNoise {
    enum Kind: String, CaseIterable {
        /// Normal, 1 %, independent.
        case gaussian
        /// Normal, 2 %; one round of twenty at half its rate.
        case heavy
        /// A random walk of 0.5 % per round with a drift of 0.1 %, plus 1 %.
        case drifting
        /// Two modes 20 % apart that change in one round of ten, plus 1 %.
        case bimodal
        /// Slowed by an exponential variable of 3 %; never sped up.
        case asymmetric
    }

    let kind: Kind
    /// The state of the random walk or the mode.
    private var level: Double
    private var round = 0.0

    /// Starts in a random mode.
    init(_ kind: Kind, _ random: inout Random) {
        self.kind = kind
        level = kind == .bimodal && random.coin() ? Self.modes : 0
    }

    private static let modes = log(1.2)

    /// The log of the next round's figure.
    mutating func next(_ random: inout Random) -> Double {
        round += 1
        switch kind {
        case .gaussian: return 0.01 * random.normal()
        case .heavy: return 0.02 * random.normal() + (random.uniform() < 0.05 ? log(0.5) : 0)
        case .drifting:
            level += 0.005 * random.normal()
            return level + 0.001 * round + 0.01 * random.normal()
        case .bimodal:
            if random.uniform() < 0.1 { level = Self.modes - level }
            return level + 0.01 * random.normal()
        case .asymmetric: return 0.03 * log1p(-random.uniform())
        }
    }

    /// The log-ratio of a block ABBA or BAAB, by a coin, in which B has an effect: the mean of B's logs minus the mean
    /// of A's.
    mutating func block(effect: Double, _ random: inout Random) -> Double {
        let (first, second) = (next(&random), next(&random))
        let (third, fourth) = (next(&random), next(&random))
        let outer = (first + fourth - second - third) / 2
        return (random.coin() ? outer : -outer) + effect
    }
}

/// A generator with the same numbers in every run: SplitMix64.
///
/// Source: Steele, Lea and Flood, *Fast Splittable Pseudorandom Number Generators*, OOPSLA 2014.
struct Random {
    private var state: UInt64
    /// The second of two normal numbers.
    private var spare: Double?

    init(seed: UInt64) { state = seed }

    private mutating func next() -> UInt64 {
        state &+= 0x9E37_79B9_7F4A_7C15
        var mixed = state
        mixed = (mixed ^ (mixed >> 30)) &* 0xBF58_476D_1CE4_E5B9
        mixed = (mixed ^ (mixed >> 27)) &* 0x94D0_49BB_1331_11EB
        return mixed ^ (mixed >> 31)
    }

    /// From 0 to less than 1.
    mutating func uniform() -> Double { Double(next() >> 11) * 0x1p-53 }

    mutating func coin() -> Bool { next() >> 63 == 1 }

    /// Source: Box and Muller, *A note on the generation of random normal deviates*, Ann. Math. Statist. 29, 1958.
    mutating func normal() -> Double {
        if let number = spare {
            spare = nil
            return number
        }
        let (radius, angle) = ((-2 * log1p(-uniform())).squareRoot(), 2 * Double.pi * uniform())
        spare = radius * sin(angle)
        return radius * cos(angle)
    }
}
