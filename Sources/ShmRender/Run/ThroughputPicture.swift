internal import ShmCompare
internal import ShmCoordinator
internal import ShmRecord
internal import ShmStatistics

/// The throughput of each lock, with the interval of its median.
struct ThroughputPicture {
    let views: [LoadView]

    var picture: Exhibit.Picture {
        let fallen = Collapse.fallen(cells)
        let shown = views.map { view in RowDrawing.View(view.title, view.cells.map { row($0, fallen) }) }
        return Exhibit.Picture(
            "Throughput by lock", legend: legend,
            .rows(
                RowDrawing(
                    "acquisitions per second", .rate, hasBars: true, isSortable: true, start: LoadView.start(views),
                    shown)), table)
    }

    private var cells: [CellSummary] { views.flatMap(\.cells) }

    private var legend: String {
        let interval = MedianIntervalText.line(rounds: cells.map(\.rounds).max() ?? 1)
        return [
            "Medians over the rounds.", interval,
            "Filled bars: locks that survive their owner's death (\(SurvivalMark.sign)). Hatched bars: controls, which do not exclude.",
        ].filter { !$0.isEmpty }.joined(separator: " ")
    }

    private func row(_ cell: CellSummary, _ fallen: Set<CellID>) -> RowDrawing.Row {
        RowDrawing.Row(
            cell.label, group: cell.family, cell.style, value: cell.throughput,
            interval: cell.interval.map { ($0.low, $0.high) },
            text: (fallen.contains(cell.cell) ? "▼ " : "") + (cell.throughput.map(Figure.rate) ?? "–"))
    }

    private var table: Exhibit.Table {
        typealias Item = TableLayout<CellSummary>.Item
        func column(_ name: String) -> Item { Item(SummaryColumn.all[name]) }
        let titles = LoadTitles(cells)
        let items: [Item] = [
            Item("lock") { $0.label }, Item("family") { $0.family }, Item("load") { [titles] in titles.title($0.load) },
            column("rounds"), column("throughput_per_s"),
            Item("low", number: { $0.interval?.low }, or: "–", Figure.rate),
            Item("high", number: { $0.interval?.high }, or: "–", Figure.rate),
            Item("data") { Self.data($0) },
        ]
        return TableLayout(items: items).exhibit("Throughput by lock: medians and their intervals", cells)
    }

    private static func data(_ cell: CellSummary) -> String {
        if !cell.isAsPromised { return cell.integrity.rawValue.uppercased() }
        return cell.integrity == .failed ? "failed, as expected" : cell.integrity.rawValue
    }
}
