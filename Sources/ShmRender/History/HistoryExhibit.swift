internal import ShmCompare
internal import ShmCoordinator
internal import ShmHistory
internal import ShmRecord
internal import ShmStatistics

/// Series over the runs of a history, with their change points.
struct HistoryExhibit {
    /// The series to show, those with changes first.
    let series: [HistorySeries]
    /// The number of all series.
    let count: Int

    var exhibit: Exhibit {
        let sections = series.map { one in
            Exhibit.Section(
                Self.title(one),
                [.picture(picture(one))] + one.remarks.map { .text($0) })
        }
        let left = count - series.count
        let rest =
            left > 0
            ? [Exhibit.Section("Other series", [.text("\(left) more of \(count) series: use --limit \(count).")])] : []
        return Exhibit(sections + rest)
    }

    private static func title(_ series: HistorySeries) -> String {
        let field = ResultColumn.named(series.metric.column)
        return "\(series.title): \(field.map { $0.short.first ?? $0.name } ?? series.metric.column)"
    }

    private func picture(_ series: HistorySeries) -> Exhibit.Picture {
        let marks = "Diamonds are change points, dashed lines the levels between them."
        let none = "No change point in \(counted(series.points.count, "run"))."
        return Exhibit.Picture(
            Self.title(series),
            legend: "Medians of runs on \(series.cell.machine.verbatim). \(series.changes.isEmpty ? none : marks)",
            .curves(
                CurveDrawing([
                    .init(
                        series.title, x: .init("run", .plain, names: series.points.map { HistoryTable.when($0.run) }),
                        y: .init(series.metric.column, unit(series)), curves(series))
                ])), table(series))
    }

    private func curves(_ series: HistorySeries) -> [CurveDrawing.Curve] {
        let all = series.points.enumerated().map { (x: Double($0), y: Optional($1.median)) }
        let ends = [0] + series.changes.map(\.index) + [series.points.count]
        let levels = [series.changes.first?.before].compactMap(\.self) + series.changes.map(\.after)
        var steps: [(x: Double, y: Double?)] = []
        for (index, level) in levels.enumerated() {
            steps += [(Double(ends[index]), level), (Double(ends[index + 1] - 1), level)]
        }
        let marks = series.changes.map { (x: Double($0.index), y: Optional(series.points[$0.index].median)) }
        return [CurveDrawing.Curve("median", .line, all)]
            + (steps.isEmpty ? [] : [.init("level", .steps, steps), .init("change point", .mark, marks)])
    }

    private func unit(_ series: HistorySeries) -> Drawing.Unit {
        switch ResultColumn.named(series.metric.column)?.unit {
        case .nanoseconds: .time
        case .perSecond: .rate
        case .share: .share
        default: .plain
        }
    }

    private func table(_ series: HistorySeries) -> Exhibit.Table {
        typealias Item = TableLayout<HistoryPointRow>.Item
        let fields = HistoryPointColumn.all
        return TableLayout<HistoryPointRow>(items: [
            Item(fields["started_at"]) { HistoryTable.when($0.point.run) }, Item(fields["run_id"]),
            Item(fields["tool_version"]), Item(fields["commit_id"]), Item(fields["rounds"]),
            Item(fields["median"]) { $0.series.metric.shown($0.point.median) },
            Item(fields["change_percent"]) { $0.point.change.map(HistoryTable.percent) ?? "" },
            Item("mark") { $0.change == nil ? "" : "◆ change point" },
        ]).exhibit("\(series.metric.column) of \(series.title.verbatim)", HistoryPointRow.rows([series]))
    }
}
