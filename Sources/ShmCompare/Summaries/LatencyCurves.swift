internal import ShmCoordinator
package import ShmRecord
internal import ShmStatistics

/// The times to acquire by percentile: of rounds that this process measured, with all percentiles of their histograms; of results
/// files, with those of the files. At each percentile a curve has the median over the rounds, as tables have it.
package struct LatencyCurves {
    private let rows: [CellID: [Row]]

    /// - Parameter rows: the rounds that this process measured; none for results files.
    package init(_ rows: [Row] = []) {
        // By the record's own key, which has fewer decimals of the rate than the cell.
        let cells = Dictionary(grouping: rows, by: \.cell)
        self.rows = Dictionary(
            cells.values.compactMap { rows in rows.first.map { (CellID(Record($0)), rows) } },
            uniquingKeysWith: { first, _ in first })
    }

    package func quantiles(of summary: CellSummary) -> [CellSummary.Quantile] {
        let used = PercentileRounds(summary.records)
        let rounds = (rows[summary.cell] ?? []).filter { used.contains(round: $0.round) }.compactMap(\.latency?.acquire)
        guard let samples = rounds.map(\.samples).min() else { return summary.quantiles }
        return PercentileRule.ticks(samples: samples).map { percent in
            let times = rounds.compactMap { $0.percentile(percent).map { Double($0) } }
            return CellSummary.Quantile(percent: percent, time: median(times))
        }
    }
}
