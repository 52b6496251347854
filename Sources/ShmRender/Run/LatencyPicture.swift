internal import ShmCompare
internal import ShmCoordinator
internal import ShmRecord

/// The distribution of times to acquire, on the axis of HdrHistogram's plots.
struct LatencyPicture {
    let views: [LoadView]
    let choice: CurveChoice
    let curves: LatencyCurves

    /// `nil` if no cell has a percentile.
    var picture: Exhibit.Picture? {
        let shown = views.map { view in
            CurveDrawing.View(
                view.title, x: .init("percentile", .percentile), y: .init("time to acquire", .time),
                view.cells.map(curve).filter { $0.points.contains { $0.y != nil } })
        }.filter { !$0.curves.isEmpty }
        if shown.isEmpty { return nil }
        let first = views[LoadView.start(views)].title
        let start = shown.firstIndex { $0.title == first } ?? 0
        return Exhibit.Picture(
            "Time to acquire by percentile",
            legend:
                "Medians over the rounds, on logarithmic axes: to the right are the rarer, longer waits. A curve ends at the last percentile for which the rounds have enough samples; an overloaded open loop has none.",
            .curves(CurveDrawing(choice: choice.drawing, start: start, absences: absences, shown)), table)
    }

    /// The loads of which no lock has a percentile: of those with a lock that ran as it should, the samples are too few.
    private var absences: [(loads: Int, reason: String)] {
        let absent = views.filter { view in
            view.cells.allSatisfy { curve($0).points.allSatisfy { $0.y == nil } }
        }
        let few = absent.count { view in view.cells.contains { $0.isAsPromised && !$0.isOverloaded } }
        return [(few, "too few samples"), (absent.count - few, "no percentiles")].filter { $0.0 > 0 }
    }

    private func curve(_ cell: CellSummary) -> CurveDrawing.Curve {
        CurveDrawing.Curve(
            cell.label, .line, isChosen: choice.chosen.contains(cell.lock),
            curves.quantiles(of: cell).map { (x: 100 / (100 - $0.percent), y: $0.time) })
    }

    private var table: Exhibit.Table {
        let cells = views.flatMap(\.cells)
        let titles = LoadTitles(cells)
        let names = ["p50", "p90", "p99", "p99.9", "p99.99"]
        let columns =
            [Exhibit.Table.Column("lock"), .init("load")]
            + (names + ["max"]).map { .init($0, isNumber: true) }
        let rows = cells.map { cell in
            let times = cell.quantiles.map(\.time) + [cell.longest]
            return [Exhibit.Table.Cell(cell.label), .init(titles.title(cell.load))]
                + times.map { .init($0, Figure.time) }
        }
        return Exhibit.Table(
            "Time to acquire: medians of percentiles over the rounds, and the longest time of all", columns, rows)
    }
}
