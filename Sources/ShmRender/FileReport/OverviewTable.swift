internal import ShmCompare
internal import ShmRecord

/// Renders an overview.
struct OverviewTable {
    let overview: Overview

    /// Text with columns of fixed width.
    var text: String {
        let width = max(22, overview.lines.map { Self.label($0).count }.max() ?? 0)
        let head = "lock".padded(to: width) + overview.workers.map { Self.right(LoadTitles.workers($0), 11) }.joined()
        let lines = overview.lines.map { line in
            Self.label(line).padded(to: width)
                + overview.workers.map { Self.right(Self.rate(line.cells[$0]), 11) }.joined()
                + Self.right(Self.tail(line), 8) + Self.right(Self.fairness(line), 5) + "\n"
        }
        return head + Self.right(Self.p99.title, 8) + Self.right(Self.jain.title, 5) + "\n" + lines.joined()
    }

    /// Text that fits a page.
    func text(_ page: Page) -> String {
        isNarrow(page) ? layout.table(overview.lines, for: page) : page.plain(text)
    }

    /// The titles of the columns that the page has room for.
    func titles(_ page: Page) -> [String] {
        isNarrow(page) ? layout.titles(overview.lines, for: page) : layout.items.map(\.title)
    }

    private func isNarrow(_ page: Page) -> Bool {
        page.isTerminal && text.split(separator: "\n").contains { $0.count > page.width }
    }

    /// A Markdown table.
    var markdown: String { layout.markdown(overview.lines) + "\n" }

    private var layout: TableLayout<Overview.Line> {
        typealias Item = TableLayout<Overview.Line>.Item
        let rates = overview.workers.map { workers in
            Item(LoadTitles.workers(workers), isNumber: true) { Self.rate($0.cells[workers]) }
        }
        return TableLayout(
            items: [Item("lock") { Self.label($0) }] + rates
                + [
                    Item(Self.p99.title, isNumber: true) { Self.tail($0) },
                    Item(Self.jain.title, isNumber: true) { Self.fairness($0) },
                ], expendable: [Self.jain.title] + overview.workers.map { LoadTitles.workers($0) })
    }

    /// A case per lock. A broken lock is skipped here: it fails in the suites of its cells.
    func suite(_ title: String) -> Report.Suite {
        Report.Suite(
            title,
            overview.lines.map { line in
                let rates = overview.workers.map { "\(LoadTitles.workers($0)) \(Self.rate(line.cells[$0]))" }
                let figures =
                    rates + ["\(Self.p99.title) \(Self.tail(line))", "\(Self.jain.title) \(Self.fairness(line))"]
                return Report.Check(
                    Self.label(line), line.isAsPromised ? .passed : .skipped, figures.joined(separator: ", "))
            })
    }

    /// The name of the lock, with the mark of those that survive, and `!` if it broke a promise.
    private static func label(_ line: Overview.Line) -> String {
        SurvivalMark.name(line.lock, survives: line.survivesOwnerDeath) + (line.isAsPromised ? "" : " !")
    }

    private static let throughput = SummaryColumn.all["throughput_per_s"]
    private static let p99 = SummaryColumn.all["acquire_p99_ns"]
    private static let jain = SummaryColumn.all["fairness_jain"]

    private static func rate(_ cell: CellSummary?) -> String { cell.map(throughput.shown) ?? "-" }

    private static func tail(_ line: Overview.Line) -> String { line.most.map(p99.shown) ?? "-" }

    private static func fairness(_ line: Overview.Line) -> String { line.most.map(jain.shown) ?? "-" }

    /// The text, right-aligned after a blank.
    private static func right(_ text: String, _ width: Int) -> String {
        " " + String(repeating: " ", count: max(0, width - text.count)) + text
    }
}
