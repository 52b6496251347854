package import ShmCompare
internal import ShmCoordinator
package import ShmHistory
internal import ShmRecord
package import ShmStatistics

/// A history for people: the runs, or a series run by run. At most 80 columns wide, with more columns on a wide terminal.
package struct HistoryTable {
    package var markdown: Bool
    package var page: Page
    /// The number of broken rounds by run.
    package var broken: [String: Int]

    package init(
        markdown: Bool = false, page: Page = Page(), broken: [String: Int] = [:]
    ) {
        self.markdown = markdown
        self.page = page
        self.broken = broken
    }

    private var isWide: Bool { markdown || page.width >= SummaryTable.wide }

    // MARK: Runs

    package func text(_ runs: [HistoryRun]) -> String {
        func column(_ name: String, _ text: (@Sendable (HistoryRunRow) -> String)? = nil)
            -> TableLayout<HistoryRunRow>.Item
        {
            .init(HistoryRunColumn.all[name], text)
        }
        let isWide = self.isWide
        var items = [
            column("started_at") { Self.when($0.run) },
            column("run_id") { isWide ? $0.run.id : Self.short($0.run) },
        ]
        if isWide {
            items.append(column("tool_version"))
            if runs.contains(where: { $0.commit != nil }) {
                items.append(column("commit_id") { String(($0.run.commit ?? "-").prefix(12)) })
            }
        }
        items += [
            column("hostname") { Self.cut($0.run["hostname"].text ?? "-", isWide ? 24 : 14) },
            column("cells"), column("rounds"),
        ]
        if !broken.isEmpty { items.append(column("broken") { $0.broken > 0 ? "\($0.broken)" : "" }) }
        // The command gets the remaining width.
        let used = (isWide ? 16 + 25 + 9 + 13 + 25 + 14 : 16 + 9 + 15 + 6 + 7) + (broken.isEmpty ? 0 : 7)
        let room = markdown ? 200 : max(20, page.width - used - 2)
        items.append(column("command") { Self.cut($0.run.command, room) })
        return layout(items, runs.map { HistoryRunRow($0, broken: broken[$0.id] ?? 0) })
    }

    // MARK: A series

    package func text(_ series: HistorySeries) -> String {
        let title = "\(series.title): \(series.metric.column) on \(series.cell.machine)"
        let words = series.changes.map { change in
            page.wrapped("◆ " + Self.words(change, series)) + "\n"
        }
        let none = "No change point in \(counted(series.points.count, "run")).\n"
        let rest = words.isEmpty ? none : words.joined()
        return (markdown ? "**\(title)**\n\n" : page.wrapped(title) + "\n") + lines(series) + (markdown ? "\n" : "")
            + rest + series.remarks.map { page.wrapped($0) + "\n" }.joined() + left(out: series.broken)
    }

    /// The sentence on broken rounds.
    private func left(out broken: [(run: HistoryRun, rounds: Int)]) -> String {
        guard let last = broken.last else { return "" }
        let rounds = broken.reduce(0) { $0 + $1.rounds }
        let text =
            "✗ \(counted(rounds, "round")) of \(counted(broken.count, "run")) left out because the lock lost updates, admitted two processes, got stuck or hung after a kill; the last in run \(Self.short(last.run)) of \(Self.when(last.run))."
        return page.wrapped(text) + "\n"
    }

    /// A change point in words.
    package static func words(_ change: ChangePoint, _ series: HistorySeries) -> String {
        let point = series.points[change.index]
        let metric = series.metric
        let verdict = series.isBetter(change).map { $0 ? ", better" : ", worse" } ?? ""
        let size = change.before != 0 ? " (\(percent(change.after / change.before - 1))\(verdict))" : ""
        let p = change.p < 0.0001 ? "p < 0.0001" : "p = \(Figure.decimal(change.p, 4))"
        let commit = point.run.commit.map { ", commit \($0.prefix(12))" } ?? ""
        return
            "from \(when(point.run)), run \(short(point.run))\(commit): \(metric.shown(change.before)) → \(metric.shown(change.after))\(size), \(p)"
    }

    private func lines(_ series: HistorySeries) -> String {
        typealias Item = TableLayout<HistoryPointRow>.Item
        func column(_ name: String, _ text: (@Sendable (HistoryPointRow) -> String)? = nil) -> Item {
            .init(HistoryPointColumn.all[name], text)
        }
        let figures = series.points.map(\.median)
        let (low, high) = (figures.min() ?? 0, figures.max() ?? 0)
        let hasCommits = series.points.contains { $0.run.commit != nil }
        let isWide = self.isWide
        let used =
            isWide ? 17 + 26 + 8 + (hasCommits ? 13 : 0) + 7 + 10 + 9 : 17 + 9 + 8 + (hasCommits ? 8 : 0) + 10 + 9
        let room = max(8, min(60, page.width - used - 4))
        var items = [
            column("started_at") { Self.when($0.point.run) },
            column("run_id") { isWide ? $0.point.run.id : Self.short($0.point.run) },
            column("tool_version"),
        ]
        if hasCommits {
            let length = isWide ? 12 : 7
            items.append(column("commit_id") { String(($0.point.run.commit ?? "-").prefix(length)) })
        }
        if isWide { items.append(column("rounds")) }
        items += [
            column("median") { $0.series.metric.shown($0.point.median) },
            column("change_percent") { $0.point.change.map(Self.percent) ?? "" },
        ]
        if !markdown {
            let range = "\(series.metric.shown(low)) … \(series.metric.shown(high))"
            items.append(
                Item(range.count <= room ? range : "min … max") { Self.picture($0.point.median, low, high, room) })
        }
        items.append(Item(markdown ? "mark" : " ") { $0.change == nil ? "" : "◆" })
        return layout(items, HistoryPointRow.rows([series]))
    }

    private func layout<Row>(_ items: [TableLayout<Row>.Item], _ rows: [Row]) -> String {
        let layout = TableLayout<Row>(
            items: items, expendable: ["version", "machine", "cells", "rounds", "commit", "min … max"])
        return markdown ? layout.markdown(rows) : layout.table(rows, for: page)
    }

    // MARK: Formatting

    /// The position of a value between the minimum and the maximum, as a dot on a line.
    package static func picture(_ figure: Double, _ low: Double, _ high: Double, _ room: Int) -> String {
        // Halves, because the range in a hostile file may exceed the largest number.
        let share = high > low ? (figure / 2 - low / 2) / (high / 2 - low / 2) : 0.5
        let place = max(0, min(room - 1, Int((share * Double(room - 1)).rounded())))
        return String(repeating: "·", count: place) + "●" + String(repeating: "·", count: room - 1 - place)
    }

    /// A relative change in percent.
    package static func percent(_ share: Double) -> String {
        if share > 1 { return Percent.change(1 + share) }
        let text = Figure.decimal(share * 100, 1)
        return (share < 0 || text == "0.0" ? "" : "+") + text + "%"
    }

    /// The start of the run in UTC: 2026-11-24 04:19.
    package static func when(_ run: HistoryRun) -> String {
        String(run.startedAt.prefix(16).map { $0 == "T" ? " " : $0 })
    }

    /// The random part of a run's identifier.
    package static func short(_ run: HistoryRun) -> String {
        String((run.id.split(separator: "-").last ?? "-").prefix(8))
    }

    private static func cut(_ text: String, _ length: Int) -> String {
        text.count <= length ? text : text.prefix(length - 1) + "…"
    }
}
