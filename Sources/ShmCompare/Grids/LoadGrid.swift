internal import ShmCoordinator
internal import ShmRecord

/// Loads of one scenario that differ in some parameters and agree in the others: the points of a grid.
///
/// The number of workers alone makes no grid: tables have a column for each number.
package struct LoadGrid {
    package let scenario: String
    /// The parameters that differ, the number of workers last.
    package let axes: [GridAxis]
    /// The measured combinations, in the order of documents.
    package let points: [GridPoint]
    /// The figure by which locks are ranked.
    package let metric: Metric
    /// The locks, by the least of their shares, and controls after them.
    package let lines: [GridLine]

    /// The grids among the loads of these cells. Where a quarter of the combinations, or of
    /// the locks at them, was not measured, there is no grid: files may have loads that have nothing to do with each other,
    /// and a search measures each lock at rates of its own.
    package static func all(_ summaries: [CellSummary], rankings: Rankings? = nil) -> [LoadGrid] {
        struct Key: Hashable {
            let scenario: String
            let isOpen: Bool
        }
        func key(_ load: Load) -> Key { Key(scenario: load.scenario, isOpen: load.isOpen) }
        let groups = Dictionary(grouping: summaries) { key($0.load) }
        let candidates = summaries.map(\.load).map(key).uniqued().compactMap { groups[$0] }.filter { group in
            let axes = GridAxis.all(group.map(\.load).uniqued())
            // The loads of a file may differ in everything: the product of their values exceeds an integer.
            let cells = axes.reduce(Double(Set(group.map(\.lock)).count)) { $0 * Double($1.positions.count) }
            return axes.contains { $0.parameter.column != Parameter.workers.column }
                && Double(group.count) > cells * 0.75
        }
        if candidates.isEmpty { return [] }
        let ranked = Dictionary((rankings ?? Rankings(summaries)).all.map { ($0.load, $0) }) { first, _ in first }
        return candidates.map { LoadGrid($0, ranked) }
    }

    private init(_ summaries: [CellSummary], _ rankings: [Load: Rankings.OfLoad]) {
        let loads = summaries.map(\.load).uniqued()
        let axes = GridAxis.all(loads)
        let groups = Dictionary(grouping: summaries, by: \.load)
        let points = loads.map { load in
            GridPoint(
                load: load, place: axes.map { $0.index(of: load) ?? 0 }, cells: groups[load] ?? [],
                ranking: load.isOpen ? rankings[load]?.tail : rankings[load]?.speed)
        }
        self.axes = axes
        self.points = points
        scenario = loads[0].scenario
        metric = GridFigure(loads[0]).metric
        lines = GridLine.lines(summaries, points)
    }

    /// The number of combinations, measured or not.
    package var combinations: Int { axes.reduce(1) { $0 * $1.positions.count } }

    /// The point at these indices on the axes; `nil` if it was not measured.
    package func point(_ place: [Int]) -> GridPoint? { points.first { $0.place == place } }

    /// The figure of a cell, with its unit.
    package func shown(_ figure: Double) -> String { metric.shown(figure) }
}
