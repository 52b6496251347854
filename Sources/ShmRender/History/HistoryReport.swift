package import ShmCompare
internal import ShmCoordinator
package import ShmHistory
internal import ShmRecord

extension Report {
    /// The runs of a history.
    ///
    /// - Parameters:
    ///   - file: the name of the file.
    ///   - broken: the number of broken rounds by run.
    package init(runs: [HistoryRun], of file: String, broken: [String: Int]) {
        func text(_ page: Page, isMarkdown: Bool) -> String {
            if runs.isEmpty { return "\(file) contains no runs.\n" }
            return HistoryTable(markdown: isMarkdown, page: page, broken: broken).text(runs)
        }
        self.init(
            "history", text: { text($0, isMarkdown: false) }, markdown: { text(Page(), isMarkdown: true) },
            records: Records(
                schema: HistoryRunColumn.schema, HistoryRunColumn.all,
                runs.map { HistoryRunRow($0, broken: broken[$0.id] ?? 0) }))
    }

    /// Series of metrics. Text and Markdown show at most `limit`, those with changes first; records contain all.
    package init(_ series: [HistorySeries], limit: Int) {
        let changed = series.filter { !$0.changes.isEmpty }
        let shown = (changed + series.filter(\.changes.isEmpty)).prefix(limit)
        func text(_ page: Page, isMarkdown: Bool) -> String {
            let table = HistoryTable(markdown: isMarkdown, page: page)
            let text = shown.map(table.text).joined(separator: "\n")
            if series.count <= shown.count { return text }
            return text + "\n"
                + page.wrapped(
                    "\(series.count - shown.count) more of \(series.count) series, \(changed.count) with a change: select with --locks, --workers and --scenario, or use --limit \(series.count)."
                ) + "\n"
        }
        self.init(
            "history", text: { text($0, isMarkdown: false) }, markdown: { text(Page(), isMarkdown: true) },
            records: Records(
                schema: HistoryPointColumn.schema, HistoryPointColumn.all, HistoryPointRow.rows(series)),
            facts: [.init("verdict", .texts(Self.sentences(series)))],
            suites: series.map(Self.suite), notices: Self.notices(series),
            exhibit: { HistoryExhibit(series: Array(shown), count: series.count).exhibit })
    }

    /// The change points.
    private static func sentences(_ all: [HistorySeries]) -> [String] {
        all.flatMap { series in
            series.changes.map { "\(series.title): \(series.metric.column) \(HistoryTable.words($0, series))" }
        }
    }

    private static func suite(_ series: HistorySeries) -> Suite {
        let words = series.changes.map { HistoryTable.words($0, series) }
        return Suite(
            "\(series.title): \(series.metric.column) on \(series.cell.machine)",
            [
                Check(
                    counted(series.points.count, "run"), .passed,
                    words.isEmpty ? "no change point" : words.joined(separator: "; "))
            ])
    }

    private static func notices(_ series: [HistorySeries]) -> [Notice] {
        let changes = series.flatMap { one in
            one.changes.map { Notice(.warning, "\(one.title), \(one.metric.column)", HistoryTable.words($0, one)) }
        }
        let count = counted(changes.count, "change point")
        return changes + [Notice(.notice, "shmbench", "\(count) in \(series.count) series")]
    }
}
