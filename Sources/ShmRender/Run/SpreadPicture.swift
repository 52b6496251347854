internal import ShmCompare
internal import ShmCoordinator
internal import ShmRecord
internal import ShmStatistics

/// The rounds of each cell, relative to their median.
struct SpreadPicture {
    let views: [LoadView]

    /// The throughputs of a cell's rounds.
    private struct Spread {
        let cell: CellSummary
        let middle: Double
        let inner: [Double]
        let outliers: [Double]

        /// `nil` for fewer than two rounds with a throughput.
        init?(_ cell: CellSummary) {
            let sorted = cell.records.compactMap(\.throughput).filter { $0 > 0 && $0.isFinite }.sorted()
            guard sorted.count > 1, let middle = median(sorted) else { return nil }
            let (low, high) = Self.fences(sorted)
            self.cell = cell
            self.middle = middle
            inner = sorted.filter { (low...high).contains($0) }
            outliers = sorted.filter { !(low...high).contains($0) }
        }

        /// Tukey's fences: 1.5 interquartile ranges beyond the quartiles. None for fewer than five rounds.
        private static func fences(_ sorted: [Double]) -> (low: Double, high: Double) {
            if sorted.count < 5 { return (sorted[0], sorted[sorted.count - 1]) }
            let half = (sorted.count + 1) / 2
            let (lower, upper) = (median(sorted.prefix(half)) ?? 0, median(sorted.suffix(half)) ?? 0)
            let reach = 1.5 * (upper - lower)
            return (lower - reach, upper + reach)
        }

        var all: [Double] { (inner + outliers).sorted() }

        /// The largest distance from the median, in words.
        var text: String {
            let ratios: [Double] = all.map { $0 / middle }
            return Percent.change(ratios.max { (a: Double, b: Double) in abs(a - 1) < abs(b - 1) } ?? 1)
        }
    }

    /// `nil` if no cell has two rounds.
    var picture: Exhibit.Picture? {
        let spreads = views.map { view in (view.title, view.cells.compactMap { Spread($0) }) }.filter { !$0.1.isEmpty }
        if spreads.isEmpty { return nil }
        let first = views[LoadView.start(views)].title
        let start = spreads.firstIndex { $0.0 == first } ?? 0
        let hasMany = spreads.contains { $0.1.contains { $0.inner.count > Self.most || $0.outliers.count > Self.most } }
        let many = hasMany ? " Of more points than \(Self.most), so many are shown." : ""
        let shown = spreads.map { title, spreads in RowDrawing.View(title, spreads.map(row)) }
        return Exhibit.Picture(
            "Throughput of the rounds, relative to their median",
            legend:
                "A point per round; each is a fleet of fresh processes. Crosses are outliers: more than 1.5 interquartile ranges beyond the quartiles. The number is the farthest round.\(many)",
            .rows(RowDrawing("change from the median", .ratio, isSortable: true, start: start, shown)),
            table(spreads.flatMap(\.1)))
    }

    private func row(_ spread: Spread) -> RowDrawing.Row {
        RowDrawing.Row(
            spread.cell.label, group: spread.cell.family, spread.cell.style,
            points: Self.some(spread.inner).map { $0 / spread.middle },
            outliers: Self.some(spread.outliers).map { $0 / spread.middle }, text: spread.text)
    }

    /// The number of points of a kind in a row.
    private static let most = 100

    /// The first, the last and evenly spaced ones of many, so that a page of many rounds stays small.
    private static func some(_ sorted: [Double]) -> [Double] {
        if sorted.count <= most { return sorted }
        return (0..<most).map { sorted[$0 * (sorted.count - 1) / (most - 1)] }
    }

    private func table(_ spreads: [Spread]) -> Exhibit.Table {
        let titles = LoadTitles(spreads.map(\.cell))
        let columns =
            [Exhibit.Table.Column("lock"), .init("load")]
            + ["rounds", "smallest", "median", "largest", "outliers"].map { .init($0, isNumber: true) }
        return Exhibit.Table(
            "Throughput of the rounds", columns,
            spreads.map { spread in
                let all = spread.all
                return [
                    .init(spread.cell.label), .init(titles.title(spread.cell.load)),
                    .init("\(all.count)", number: Double(all.count)),
                    .init(all[0], Figure.rate), .init(spread.middle, Figure.rate),
                    .init(all[all.count - 1], Figure.rate),
                    .init(
                        words(spread.outliers), number: spread.outliers.isEmpty ? nil : Double(spread.outliers.count)),
                ]
            })
    }

    /// The first few, and the number of the others.
    private func words(_ outliers: [Double]) -> String {
        if outliers.isEmpty { return "–" }
        let shown = outliers.prefix(4).map(Figure.rate).joined(separator: ", ")
        return outliers.count > 4 ? "\(shown) and \(outliers.count - 4) more" : shown
    }
}
