/// The order in which cells are measured: every cell once before any cell again, each time in a new random order, so
/// that drift affects all cells alike.
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
