internal import ShmCompare
internal import ShmCoordinator
internal import ShmRecord

/// The recovery of locks whose owners were killed (`run --kills`), and which locks were not killed.
struct KillTable {
    private let summaries: [CellSummary]

    init(_ summaries: [CellSummary]) { self.summaries = summaries }

    /// The table; `nil` if no owner was killed.
    func text(_ page: Page, isMarkdown: Bool) -> String? {
        let killed = summaries.filter { $0.kills > 0 }
        if killed.isEmpty { return nil }
        let title = "Kills of owners"
        return isMarkdown
            ? "**\(title)**\n\n\(layout.markdown(killed))\n" : "\(title)\n\(layout.table(killed, for: page))"
    }

    private var layout: TableLayout<CellSummary> {
        func column(_ name: String) -> TableLayout<CellSummary>.Item { .init(SummaryColumn.all[name]) }
        // The points of a grid have other parameters beside.
        let different = Parameter.different(summaries.map(\.load)).filter { parameter in
            ![Parameter.scenario, .workers].contains { $0.column == parameter.column }
        }
        return TableLayout(
            items: [column("lock"), column("workers")]
                + different.map { parameter in
                    .init(parameter.title, isNumber: true) { parameter.shown($0.load) }
                } + [
                    column("kills"), column("kill_failures"), column("recovery_p50_ns"),
                    .init(Self.reaped, number: \.reaping, or: "-", Figure.time),
                ], expendable: [Self.reaped])
    }

    /// The recovery times as a picture; `nil` if no owner was killed.
    var exhibit: Exhibit.Picture? {
        let killed = summaries.filter { $0.kills > 0 }
        if killed.isEmpty { return nil }
        let titles = LoadTitles(killed)
        let views = killed.map(\.load).uniqued().map { load in
            RowDrawing.View(
                titles.title(load),
                killed.filter { $0.load == load }.map { cell in
                    RowDrawing.Row(
                        cell.label, group: cell.family, cell.style,
                        points: [cell.recovery, cell.reaping].compactMap(\.self),
                        text: cell.killFailures > 0
                            ? "\(cell.killFailures) FAILED" : cell.recovery.map(Figure.time) ?? "–")
                })
        }
        return Exhibit.Picture(
            "Recovery after the kill of an owner",
            legend: (sentences(Page()) + ["The points of a row are both times; reaped is the later one."]).joined(
                separator: " "),
            .rows(RowDrawing("time from the kill", .time, isSortable: true, views)),
            layout.exhibit("Kills of owners", killed))
    }

    // MARK: For CI services

    private static let title = "kills of owners"

    /// A case per cell with kills, and one per lock that was not killed.
    var suite: Report.Suite? {
        let killed = summaries.filter { $0.kills > 0 }
        if killed.isEmpty { return nil }
        let cases = killed.map { line in
            Report.Check(name(line), line.killFailures > 0 ? .failed : .passed, Self.words(line))
        }
        let others = mortal.map { Report.Check($0, .skipped, "it does not promise to survive its owner's death") }
        return Report.Suite(Self.title, cases + others)
    }

    /// A notice on all kills; `nil` if no owner was killed.
    var notice: Report.Notice? {
        let killed = summaries.filter { $0.kills > 0 }
        if killed.isEmpty { return nil }
        let lines = killed.map { "\(name($0)): \(Self.words($0))" }
        return Report.Notice(
            killed.contains { $0.killFailures > 0 } ? .error : .notice, Self.title,
            (lines + reasons).joined(separator: "\n"))
    }

    private func name(_ line: CellSummary) -> String { LoadTitles(summaries).cell(line.cell) }

    private static func words(_ line: CellSummary) -> String {
        let times = [("recovery", line.recovery), ("reaped", line.reaping)].compactMap { name, time in
            time.map { "\(name) \(Figure.time($0))" }
        }
        return ([counted(line.kills, "kill"), "\(line.killFailures) failed"] + times).joined(separator: ", ")
    }

    /// What the columns mean, and which locks were not killed, and why; none if no owner was killed.
    func sentences(_ page: Page) -> [String] {
        let killed = summaries.filter { $0.kills > 0 }
        if killed.isEmpty { return [] }
        let hasReaped = layout.titles(killed, for: page).contains(Self.reaped)
        let reaped = hasReaped ? "; \(Self.reaped): to the end of the process in the kernel" : ""
        return ["recovery: median time from a kill to the next acquisition\(reaped)."] + reasons
    }

    private static let reaped = "reaped"

    /// The cells whose owners were not killed.
    private var others: [CellSummary] {
        summaries.filter { $0.kills == 0 && $0.excludes && $0.integrity != .stuck }
    }

    /// The locks that do not promise to survive.
    private var mortal: [String] { others.filter { !$0.survivesOwnerDeath }.map(\.lock).uniqued() }

    /// Which locks were not killed, and why.
    private var reasons: [String] {
        var lines: [String] = []
        let mortal = mortal
        if !mortal.isEmpty {
            let names = Promises.names(mortal)
            lines.append(
                "No owner was killed of \(names): \(mortal.count == 1 ? "it does" : "they do") not promise to survive that, and all workers would wait forever."
            )
        }
        if others.contains(where: { $0.survivesOwnerDeath && $0.load.workers == 1 }) {
            lines.append("With 1 worker no owner was killed: no other worker would go on.")
        }
        return lines
    }
}
