package import ShmCoordinator
internal import ShmRecord
internal import ShmStatistics

/// One load on all machines: the best lock on each, and how far each lock is from the best.
package struct MachineLoad {
    package let load: Load
    /// By machine; `nil` where the load was not measured.
    package let points: [GridPoint?]
    /// The locks by the least of their shares of the best over the machines, and controls after them. The point of a
    /// least share has the index of its machine as its place.
    package let lines: [GridLine]
    /// The ratios to the reference: of the figure by which locks are ranked, and of p99 in a closed loop.
    package let maps: [MachineMap]

    init(
        _ load: Load, _ machines: [ComparedMachine], _ rankings: [[Load: Ranking]], reference: String,
        _ ranks: inout RankSumRanks
    ) {
        self.load = load
        let cells = machines.map { $0.summaries(load) }
        points = cells.enumerated().map { index, cells in
            cells.isEmpty
                ? nil : GridPoint(load: load, place: [index], cells: cells, ranking: rankings[index][load])
        }
        let all = cells.flatMap(\.self)
        let lines = GridLine.lines(all, points.compactMap(\.self))
        self.lines = lines
        let figure = GridFigure(load).metric
        let hasTail = figure != .p99 && all.contains { $0.p99 != nil }
        maps = ([figure] + (hasTail ? [.p99] : [])).map {
            MachineMap($0, load, lines.map(\.lock), machines, reference: reference, &ranks)
        }
    }

    /// The rankings of a machine's locks by the figure of each load. The probability of a false winner is that of the
    /// machine's own report, so that both name the same winners.
    static func rankings(_ machine: ComparedMachine, _ sizes: BestComparison.Sizes) -> [Load: Ranking] {
        let real = machine.rounds.summaries.filter { $0.excludes && $0.isAsPromised }
        // As in ``Rankings``: a lock that was overloaded in some rounds does not rank beside those that sustained the rate.
        let sustained = Set(real.filter { $0.overloadedRounds == 0 && $0.p99 != nil }.map(\.load))
        let groups = Dictionary(grouping: real) { $0.load }.map { load, cells in
            let fit = load.isOpen && sustained.contains(load) ? cells.filter { $0.overloadedRounds == 0 } : cells
            return (load, Ranking.measured(fit, GridFigure(load).metric))
        }
        let confidence = BestComparison.confidence(
            errorRate: Rankings.errorRate, alternatives: groups.map(\.1.count))
        return Dictionary(
            uniqueKeysWithValues: groups.compactMap { load, cells in
                Ranking(cells, by: GridFigure(load).metric, confidence: confidence, sizes: sizes).map { (load, $0) }
            })
    }
}
