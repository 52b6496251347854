internal import ShmCompare
internal import ShmCoordinator
internal import ShmRecord

/// Fairness and handoff beside throughput: what a high figure costs.
struct CostPicture {
    let views: [LoadView]
    let choice: CurveChoice

    /// `nil` if no load has two workers.
    var picture: Exhibit.Picture? {
        let contended = views.filter { $0.cells.contains { $0.load.workers > 1 } }
        if contended.isEmpty { return nil }
        let shown = contended.flatMap { view in
            [
                points(view, "fairness", .init("Jain's index", .share), \.jain),
                points(view, "fairness in 10 ms", .init("Jain's index in windows of 10 ms", .share), \.windowJain),
                points(view, "lock opportunity", .init("Jain's index of lock opportunity", .share), \.opportunity),
                points(view, "handoff", .init("median time of a handoff", .time), \.handoff),
            ]
        }.filter { !$0.curves.isEmpty }
        if shown.isEmpty { return nil }
        return Exhibit.Picture(
            "Fairness and handoff beside throughput",
            legend:
                "A lock that lets its last owner in again is fast because others wait. Jain's index: 1 is perfectly even, 1/workers is one worker that takes all. That of lock opportunity counts the time for which a worker held the lock or could have had it. Further to the right is faster; higher is fairer, or takes longer to hand over. Chosen locks have names.",
            .curves(CurveDrawing(choice: choice.drawing, shown)), table(contended.flatMap(\.cells)))
    }

    private func points(
        _ view: LoadView, _ title: String, _ axis: CurveDrawing.Axis, _ figure: (CellSummary) -> Double?
    ) -> CurveDrawing.View {
        CurveDrawing.View(
            "\(view.title): \(title)", x: .init("acquisitions per second", .rate), y: axis,
            view.cells.compactMap { cell in
                guard let rate = cell.throughput, let value = figure(cell) else { return nil }
                return CurveDrawing.Curve(
                    cell.label, .points, isChosen: choice.chosen.contains(cell.lock), [(x: rate, y: value)])
            })
    }

    private func table(_ cells: [CellSummary]) -> Exhibit.Table {
        typealias Item = TableLayout<CellSummary>.Item
        let titles = LoadTitles(cells)
        let names = [
            "throughput_per_s", "fairness_jain", "fairness_window_jain", "lock_opportunity_jain", "handoff_p50_ns",
            "hold_p50_ns",
        ]
        return TableLayout(
            items: [Item("lock") { $0.label }, Item("load") { [titles] in titles.title($0.load) }]
                + names.map {
                    Item(SummaryColumn.all[$0], title: $0 == "fairness_window_jain" ? "jain in 10 ms" : nil)
                }
        ).exhibit("Throughput, fairness and handoff", cells)
    }
}
