/// The order in which cells are measured: every cell once before any cell again, each time in a new random order, so
/// that whatever drifts hits all cells alike.
public struct Schedule: Sendable {
    /// The cells' indices, with their rounds counted from 1.
    public let turns: [(cell: Int, round: Int)]

    /// The schedule of a seed: the same seed gives the same order.
    public init(cells: Int, rounds: Int, seed: UInt64) {
        var generator = SplitMix64(state: seed)
        turns = (1...max(rounds, 1)).flatMap { round in
            Array(0..<cells).shuffled(using: &generator).map { (cell: $0, round: round) }
        }
    }
}

/// A small generator of good quality whose sequence follows from its seed alone. Source: Steele, Lea and Flood, *Fast
/// Splittable Pseudorandom Number Generators*, OOPSLA 2014.
package struct SplitMix64: RandomNumberGenerator {
    var state: UInt64

    package init(state: UInt64) { self.state = state }

    package mutating func next() -> UInt64 {
        state &+= 0x9e37_79b9_7f4a_7c15
        var mixed = state
        mixed = (mixed ^ mixed >> 30) &* 0xbf58_476d_1ce4_e5b9
        mixed = (mixed ^ mixed >> 27) &* 0x94d0_49bb_1331_11eb
        return mixed ^ mixed >> 31
    }
}
