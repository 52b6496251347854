internal import Glibc
internal import ShmCompare
internal import ShmCoordinator
internal import ShmRecord

/// The intervals of a comparison against their margins.
struct FindingsExhibit {
    let findings: Findings

    var exhibit: Exhibit {
        let sides = "Base: \(findings.base.verbatim). Candidate: \(findings.candidate.verbatim)."
        let judged = findings.cells.filter { cell in cell.metrics.contains { $0.change != nil && $0.shownMargin > 0 } }
        let cells = Exhibit.Section("Cells", [.text(sides), .table(cells)])
        let changes = judged.isEmpty ? [] : [Exhibit.Section("Changes", [.picture(picture(judged))])]
        return Exhibit([cells] + changes)
    }

    private var cells: Exhibit.Table {
        let reasons = findings.cells.map { $0.note ?? "" }
        let hasReasons = reasons.contains { !$0.isEmpty }
        return Exhibit.Table(
            "Verdicts on the cells", [.init("cell"), .init("verdict")] + (hasReasons ? [.init("reason")] : []),
            zip(findings.cells, reasons).map { cell, reason in
                [.init(cell.title), .init(FindingsTable.shown(cell.word), Self.mark(cell.word))]
                    + (hasReasons ? [.init(reason)] : [])
            }, isMap: true)
    }

    private func picture(_ cells: [CellFinding]) -> Exhibit.Picture {
        let hasBlocks = cells.contains { $0.metrics.contains { !$0.blocks.isEmpty } }
        let points =
            hasBlocks
            ? "Points are blocks, crosses the fresh blocks of the confirmation."
            : "The rounds were not measured alternately, so there are no blocks to show."
        return Exhibit.Picture(
            "Changes in units of their margins",
            legend:
                "A line is the interval of a change, its thick mark the estimate. Within the shaded margin, from −1 to 1, a change makes no difference; what lies beyond the picture is at its edge. Whether more is better depends on the metric: the words say it. \(points)",
            .rows(RowDrawing("change / margin", .margin, cells.map { .init($0.title, rows($0)) })), table(cells))
    }

    private func rows(_ cell: CellFinding) -> [RowDrawing.Row] {
        cell.metrics.compactMap { metric in
            guard let change = metric.change, metric.shownMargin > 0 else { return nil }
            func place(_ ratio: Double) -> Double { log(ratio) / log1p(metric.shownMargin) }
            return RowDrawing.Row(
                metric.metric.name, metric.word == .slower ? .bad : metric.word == .faster ? .survivor : .other,
                value: place(change.ratio), interval: (place(change.low), place(change.high)),
                points: metric.blocks.map(place), outliers: metric.freshBlocks.map(place), margin: (-1, 1),
                text: "\(Percent.change(change.ratio)) \(metric.shownWord)"
                    + (FindingsText.bound(metric).map { ", \($0)" } ?? ""))
        }
    }

    private func table(_ cells: [CellFinding]) -> Exhibit.Table {
        let table = FindingsTable(findings: findings)
        let rows = cells.flatMap { cell in table.shown(cell).map { (cell, $0) } }
        let figures = FindingsTable.full.exhibit("Changes, with their intervals and margins", rows.map(\.1))
        return Exhibit.Table(
            figures.caption, [.init("cell")] + figures.columns,
            zip(rows, figures.rows).map { row, cells in
                [.init(row.0.title)] + cells.dropLast()
                    + cells.suffix(1).map { .init($0.text, Self.mark(row.1.metric.word)) }
            })
    }

    private static func mark(_ word: ComparisonVerdict) -> Exhibit.Table.Mark {
        switch word {
        case .slower, .broken: .bad
        case .unjudged, .undecided: .fair
        case .faster, .equivalent: .good
        case .missing: .empty
        }
    }
}
