internal import ShmCompare
internal import ShmCoordinator
internal import ShmRecord

/// The verdict on a grid: which lock is best where, where the rounds separate none, and which lock is never far from the
/// best.
struct GridVerdict {
    let grid: LoadGrid

    /// The number of locks that are named as best somewhere.
    private static let mostWinners = 4

    var sentences: [String] {
        let names = [best, ties, overloaded, missing, safe].compactMap(\.self)
        return grid.scenario == "default" ? names : names.map { "\(grid.scenario): \($0)" }
    }

    private var count: Int { grid.points.count }
    private var points: String { counted(count, "point") }
    /// `3 of 12 points`, or `all 12 points`.
    private func of(_ part: Int) -> String { part == count ? "all \(points)" : "\(part) of \(points)" }
    private var locks: [GridLine] { grid.lines.filter(\.excludes) }

    // MARK: The best

    private var best: String? {
        let winners = locks.filter { !$0.wins.isEmpty }.sorted { $0.wins.count > $1.wins.count }
        if winners.isEmpty { return nil }
        let named = winners.prefix(Self.mostWinners).map { "\(GridWords.name($0)) is best \(place($0.wins))" }
        let others = winners.dropFirst(Self.mostWinners)
        let rest =
            others.isEmpty
            ? [] : ["\(counted(others.count, "other lock")) at \(others.map(\.wins.count).reduce(0, +))"]
        return (named + rest).joined(separator: "; ") + "."
    }

    /// Points in words: where they are, if that is not the whole grid.
    private func place(_ points: [GridPoint]) -> String {
        let share = "at \(of(points.count))"
        let region = GridRegion(points, in: grid)
        if region.ranges.isEmpty { return share }
        let words = region.ranges.map(Self.words).joined(separator: ", ")
        let those = region.isFilled ? (points.count == 1 ? "the one" : "those") : "all"
        return "\(share), \(those) with \(words)"
    }

    /// `critical section ≥ 1us`.
    private static func words(_ range: GridRegion.Range) -> String {
        let positions = range.axis.positions
        let (first, last) = (positions[range.indices.lowerBound].shown, positions[range.indices.upperBound].shown)
        if range.indices.count == 1 { return range.axis.phrase(range.indices.lowerBound) }
        if range.indices.upperBound == positions.count - 1 { return "\(range.axis.title) ≥ \(first)" }
        if range.indices.lowerBound == 0 { return "\(range.axis.title) ≤ \(last)" }
        return "\(range.axis.title) from \(first) to \(last)"
    }

    // MARK: Ties

    private var ties: String? {
        let tied = grid.points.count { if case .tied = $0.standing { true } else { false } }
        if tied == 0 { return nil }
        let place = tied == count ? "No point has a clear winner" : "At \(of(tied)) there is no clear winner"
        return "\(place): the rounds do not separate the \(grid.metric.isBetterWhenMore ? "fastest" : "best") locks."
    }

    // MARK: Overload

    /// The locks that did not sustain the rate in some rounds.
    private var overloaded: String? {
        let names = locks.filter { $0.partlyOverloaded > 0 }.map {
            "\(GridWords.name($0)) at \(of($0.partlyOverloaded))"
        }
        if names.isEmpty { return nil }
        let hasOthers = grid.points.contains { point in
            let first = point.first.map { !$0.isPartlyOverloaded } ?? false
            return first && locks.contains { point.overload($0.lock) != nil }
        }
        let rank = hasOthers ? "; there they rank after the locks that sustained the rate in each round" : ""
        return "Overloaded in some rounds: \(names.joined(separator: ", "))\(rank)."
    }

    // MARK: Gaps

    private var missing: String? {
        let empty = grid.points.count { $0.first == nil }
        let unmeasured = grid.combinations - count
        let parts = [
            empty == 0 ? nil : "no lock has a figure at \(of(empty))",
            unmeasured == 0 ? nil : "not measured: \(unmeasured) of \(grid.combinations) combinations",
        ].compactMap(\.self)
        if parts.isEmpty { return nil }
        let text = parts.joined(separator: "; ")
        return text.prefix(1).uppercased() + text.dropFirst() + "."
    }

    // MARK: The least share

    /// The least share of the best that is worth a sentence.
    private static let leastShare = 0.5

    /// The lock that is never far from the best, and the one that also survives its owner's death.
    private var safe: String? {
        let complete = locks.filter { $0.isComplete && ($0.least?.share ?? 0) >= Self.leastShare }
        guard locks.count > 1, let first = complete.first, first.wins.count < count else { return nil }
        let survivor = first.survivesOwnerDeath ? nil : complete.first(where: \.survivesOwnerDeath)
        let figures = [first, survivor].compactMap(\.self).compactMap(least)
        let what = grid.metric.isBetterWhenMore ? "of the best lock's throughput" : "the best lock's p99"
        return "At every point, \(figures[0].text) \(what) (least at \(figures[0].place))"
            + figures.dropFirst().map { ", and \($0.text) (least at \($0.place))" }.joined() + "."
    }

    /// The least share in words, and where that is.
    private func least(_ line: GridLine) -> (text: String, place: String)? {
        guard let least = line.least else { return nil }
        let figure =
            grid.metric.isBetterWhenMore
            ? "has at least \(GridWords.share(least.share))%" : "has at most \(Figure.factor(1 / least.share))"
        let place = grid.axes.enumerated().map { $1.phrase(least.point.place[$0]) }.joined(separator: ", ")
        return ("\(GridWords.name(line)) \(figure)", place)
    }
}
