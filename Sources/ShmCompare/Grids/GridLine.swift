internal import ShmCoordinator
internal import ShmRecord

/// A lock over all points of a grid.
package struct GridLine {
    package let lock: String
    package let survivesOwnerDeath: Bool
    /// Whether it is a lock, not a control.
    package let excludes: Bool
    /// The least of its shares of the best, and the point that has it; `nil` if it has none.
    package let least: (share: Double, point: GridPoint)?
    /// Whether it has a share at every point where any lock has, and sustained the rate there in each round.
    package let isComplete: Bool
    /// The points at which it is better than each other lock.
    package let wins: [GridPoint]
    /// The number of points at which it was overloaded in some rounds, but not in most.
    package let partlyOverloaded: Int

    /// Locks by their least share, those with gaps after the others; controls come last.
    static func lines(_ summaries: [CellSummary], _ points: [GridPoint]) -> [GridLine] {
        let cells = Dictionary(summaries.map { ($0.lock, $0) }) { first, _ in first }
        let lines = summaries.map(\.lock).uniqued().compactMap { lock in cells[lock].map { GridLine($0, points) } }
        func order(_ lines: [GridLine]) -> [GridLine] {
            lines.enumerated().sorted { left, right in
                (left.element.rank, right.offset) > (right.element.rank, left.offset)
            }.map(\.element)
        }
        return order(lines.filter(\.excludes)) + order(lines.filter { !$0.excludes })
    }

    private init(_ cell: CellSummary, _ points: [GridPoint]) {
        let lock = cell.lock
        self.lock = lock
        survivesOwnerDeath = cell.survivesOwnerDeath
        excludes = cell.excludes
        let shares = points.compactMap { point in (try? point.share(lock).get()).map { (share: $0, point: point) } }
        least = shares.min { $0.share < $1.share }
        partlyOverloaded = points.count { $0.overload(lock) != nil }
        isComplete = partlyOverloaded == 0 && shares.count == points.count { $0.first != nil }
        wins = points.filter { if case .best(let best) = $0.standing { best.lock == lock } else { false } }
    }

    private var rank: Double { (least?.share ?? 0) + (isComplete ? 1000 : 0) }
}
