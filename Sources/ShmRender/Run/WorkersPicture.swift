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
        if several.isEmpty { return nil }
        let titles = LoadTitles(summaries)
        let views = several.map { overview in
            CurveDrawing.View(
                several.count == 1 ? "" : titles.scenario(overview.load), x: .init("workers", .count),
                y: .init("acquisitions per second", .rate), overview.lines.map { curve($0, overview.workers) })
        }
        let cpus = summaries.compactMap { $0.records.first?.cpus }.max()
        let limit = cpus.map {
            " This machine has \(counted($0, "CPU")): with more workers, the next owner may have to be scheduled first."
        }
        return Exhibit.Picture(
            "Throughput by number of workers",
            legend: "Medians over the rounds, on logarithmic axes.\(limit ?? "")",
            .curves(CurveDrawing(choice: choice.drawing, views)), table(several, titles))
    }

    private func curve(_ line: Overview.Line, _ workers: [Int]) -> CurveDrawing.Curve {
        // One name in all pictures: that of a lock that broke its promise says so.
        let cells = line.cells.sorted { $0.key < $1.key }.map(\.value)
        let label = (cells.first { !$0.isAsPromised } ?? cells.first)?.label ?? line.lock
        return CurveDrawing.Curve(
            label, .line, isChosen: choice.chosen.contains(line.lock),
            workers.map { (x: Double($0), y: line.cells[$0]?.throughput) })
    }

    /// All curves of all views.
    private func table(_ overviews: [Overview], _ titles: LoadTitles) -> Exhibit.Table {
        let numbers = Set(overviews.flatMap(\.workers)).sorted()
        let columns =
            [Exhibit.Table.Column("lock"), .init("scenario")]
            + numbers.map { .init(LoadTitles.workers($0), isNumber: true) }
        let rows = overviews.flatMap { overview in
            overview.lines.map { line in
                [Exhibit.Table.Cell(line.lock), .init(titles.scenario(overview.load))]
                    + numbers.map { .init(line.cells[$0]?.throughput, Figure.rate) }
            }
        }
        return Exhibit.Table("Throughput by number of workers", columns, rows)
    }
}
