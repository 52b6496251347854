internal import ShmCompare
internal import ShmCoordinator
internal import ShmRecord

/// The throughput over the number of workers, in which a collapse shows as a cliff.
struct WorkersPicture {
    let summaries: [CellSummary]
    let sort: SortKey
    let choice: CurveChoice

    /// `nil` if every load has one number of workers.
    var picture: Exhibit.Picture? {
        let overviews = Overview.all(summaries, sort: sort)
        let several = overviews.filter { $0.workers.count > 1 }
        guard let first = several.first else { return nil }
        let titles = LoadTitles(summaries)
        let views = several.map { overview in
            CurveDrawing.View(
                titles.scenario(overview.load), x: .init("workers", .count),
                y: .init("acquisitions per second", .rate), overview.lines.map { curve($0, overview.workers) })
        }
        let cpus = summaries.compactMap { $0.records.first?.cpus }.max()
        let limit = cpus.map {
            " This machine has \(counted($0, "CPU")): with more workers, the next owner may have to be scheduled first."
        }
        let table =
            several.count == 1
            ? OverviewRows(first).table
            : Exhibit.Table(
                "Throughput by number of workers", OverviewRows(first).table.columns,
                several.filter { $0.workers == first.workers }.flatMap { OverviewRows($0).table.rows })
        return Exhibit.Picture(
            "Throughput by number of workers",
            legend: "Medians over the rounds, on logarithmic axes.\(limit ?? "")",
            .curves(CurveDrawing(choice: choice.name, views)), table)
    }

    private func curve(_ line: Overview.Line, _ workers: [Int]) -> CurveDrawing.Curve {
        let label = line.cells.values.first?.label ?? line.lock
        return CurveDrawing.Curve(
            label, .line, isChosen: choice.chosen.contains(line.lock),
            workers.map { (x: Double($0), y: line.cells[$0]?.throughput) })
    }
}

/// An overview as a table for HTML.
private struct OverviewRows {
    let overview: Overview

    init(_ overview: Overview) { self.overview = overview }

    var table: Exhibit.Table {
        let columns =
            [Exhibit.Table.Column("lock"), .init("scenario")]
            + overview.workers.map { .init(LoadTitles.workers($0), isNumber: true) }
        let rows = overview.lines.map { line in
            [Exhibit.Table.Cell(line.lock), .init(overview.load.scenario)]
                + overview.workers.map { workers in
                    .init(line.cells[workers]?.throughput.map(Figure.rate) ?? "–")
                }
        }
        return Exhibit.Table("Throughput by number of workers", columns, rows)
    }
}
