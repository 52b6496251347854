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
        return head + Self.right("p99", 8) + Self.right("jain", 5) + "\n" + lines.joined()
    }

    /// Text that fits a page.
    func text(_ page: Page) -> String {
        let isNarrow = page.isTerminal && text.split(separator: "\n").contains { $0.count > page.width }
        return isNarrow ? document.table(overview.lines, for: page) : page.plain(text)
    }

    /// A Markdown table.
    var markdown: String { document.markdown(overview.lines) + "\n" }

    private var document: Document<Overview.Line> {
        typealias Item = Document<Overview.Line>.Item
        func number(_ title: String, _ text: @escaping @Sendable (Overview.Line) -> String) -> Item {
            Item(title, title, isNumber: true, shown: text) { .text(text($0)) }
        }
        let rates = overview.workers.map { workers in
            number(LoadTitles.workers(workers)) { Self.rate($0.cells[workers]) }
        }
        return Document(
            items: [Item("lock", "lock") { Self.label($0) }] + rates
                + [number("p99") { Self.tail($0) }, number("jain") { Self.fairness($0) }],
            expendable: ["jain"] + overview.workers.map { LoadTitles.workers($0) })
    }

    /// A case per lock. A broken lock is skipped here: it fails in the suites of its cells.
    func suite(_ title: String) -> Report.Suite {
        Report.Suite(
            title,
            overview.lines.map { line in
                let rates = overview.workers.map { "\(LoadTitles.workers($0)) \(Self.rate(line.cells[$0]))" }
                let figures = rates + ["p99 \(Self.tail(line))", "jain \(Self.fairness(line))"]
                return Report.Check(
                    Self.label(line), line.isAsPromised ? .passed : .skipped, figures.joined(separator: ", "))
            })
    }

    /// The name of the lock, with `*` if it survives its owner's death and `!` if it broke a promise.
    private static func label(_ line: Overview.Line) -> String {
        line.lock + (line.survivesOwnerDeath ? " *" : "") + (line.isAsPromised ? "" : " !")
    }

    private static func rate(_ cell: CellSummary?) -> String {
        cell?.throughput.map { Figure.rate($0) } ?? "-"
    }

    private static func tail(_ line: Overview.Line) -> String {
        line.most?.p99.map { Figure.time($0) } ?? "-"
    }

    private static func fairness(_ line: Overview.Line) -> String {
        line.most?.jain.map { Figure.decimal($0, 2) } ?? "-"
    }

    /// The text, right-aligned after a blank.
    private static func right(_ text: String, _ width: Int) -> String {
        " " + String(repeating: " ", count: max(0, width - text.count)) + text
    }
}
