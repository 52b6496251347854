/// The order in which cells are measured: each cell once per round, in a new random order each time, so that drift
/// affects all cells alike.
public struct Schedule: Sendable {
    /// The indices of the cells, with their rounds counted from 1.
    public let turns: [(cell: Int, round: Int)]

    /// Creates a schedule; the same seed gives the same order.
    public init(cells: Int, rounds: Int, seed: UInt64) {
        var generator = SplitMix64(state: seed)
        turns = (1...max(rounds, 1)).flatMap { round in
            Array(0..<cells).shuffled(using: &generator).map { (cell: $0, round: round) }
        }
    }
}
