package import ShmCompare
internal import ShmCoordinator
internal import ShmRecord

/// The findings of a comparison as text, Markdown, and records for programs.
package struct FindingsTable {
    package let findings: Findings
    package var page: Page

    package init(
        findings: Findings, page: Page = Page()
    ) {
        self.findings = findings
        self.page = page
    }

    private var rows: [FindingRow] {
        findings.cells.flatMap { cell in cell.metrics.map { FindingRow(findings, cell, $0) } }
    }

    /// A table per cell, then the verdict in words.
    package var text: String {
        let isWide = page.width >= Self.widthWithPicture
        let layout = isWide ? Self.pictured : Self.brief
        let blocks = findings.cells.map { cell in
            page.wrapped("\(cell.title): \(Self.shown(cell.word))") + "\n" + layout.table(shown(cell), for: page)
        }
        let words = FindingsText.sentences(findings).map(\.text) + [FindingsText.verdict(findings)]
        let rest = FindingsText.footnote(findings) + (isWide ? [IntervalPicture.legend] : [])
        return page.hanging("base       ", findings.base) + page.hanging("candidate  ", findings.candidate) + "\n"
            + blocks.joined(separator: "\n")
            + "\n"
            + (words + rest).map { page.wrapped($0) + "\n" }.joined()
    }

    /// Markdown for a job's summary or a comment on a pull request.
    package var markdown: String {
        let mark =
            switch findings.status {
            case .ok: findings.isUndecided ? "❔" : "✅"
            case .failed: "⚠️"
            default: "❌"
            }
        var text = "### \(mark) shmbench: \(FindingsText.verdict(findings))\n\n"
        text += "Base `\(findings.base)`, candidate `\(findings.candidate)`.\n\n"
        let sentences = FindingsText.sentences(findings)
        text += sentences.map { "- \($0.text)\n" }.joined() + (sentences.isEmpty ? "" : "\n")
        text += "<details><summary>All figures</summary>\n\n"
        for cell in findings.cells {
            text += "**\(cell.title)**: \(Self.shown(cell.word))\n\n" + Self.full.markdown(shown(cell)) + "\n"
        }
        text += FindingsText.footnote(findings).map { "\($0)\n" }.joined()
        return text + "\n</details>\n"
    }

    /// A row per metric of each cell.
    package var records: Report.Records { Report.Records(schema: FindingColumn.schema, FindingColumn.all, rows) }

    /// The metrics that were measured, and integrity.
    func shown(_ cell: CellFinding) -> [FindingRow] {
        cell.metrics.filter { $0.word != .missing || $0.base != nil }.map { FindingRow(findings, cell, $0) }
    }

    /// The verdict on a cell, for people.
    package static func shown(_ word: ComparisonVerdict) -> String {
        switch word {
        case .slower: "WORSE"
        case .faster: "better"
        case .broken: "BROKEN"
        case .unjudged: "NOT JUDGED"
        case .undecided: "undecided"
        case .equivalent: "equivalent"
        case .missing: "-"
        }
    }

    /// The page width from which tables have a picture.
    private static let widthWithPicture = 93 + IntervalPicture.width

    private static let pictured = TableLayout<FindingRow>(
        items: full.items.dropLast() + [
            .init("change and margin") { line in
                line.metric.change.map { IntervalPicture.text($0, threshold: line.metric.shownMargin) } ?? ""
            }
        ] + full.items.suffix(1), expendable: expendable)

    private static let expendable = ["fresh_ratio", "threshold", "base_median", "candidate_estimate"].map {
        FindingColumn.all[$0].title
    }

    static let full = TableLayout<FindingRow>(items: items(hasFresh: true), expendable: expendable)

    /// For 80 columns: the sentences have the estimates of the fresh blocks.
    private static let brief = TableLayout<FindingRow>(items: items(hasFresh: false), expendable: expendable)

    private static func items(hasFresh: Bool) -> [TableLayout<FindingRow>.Item] {
        let change: [TableLayout<FindingRow>.Item] = [
            item("metric") { $0.metric.metric.name },
            item("base_median") { line in line.metric.base.map(line.metric.metric.shown) },
            item("candidate_estimate") { line in line.metric.candidateFigure.map(line.metric.metric.shown) },
            item("ratio") { $0.metric.change.map { Percent.change($0.ratio) } },
            // Both ends of the interval.
            .init(FindingColumn.all["ratio_low"].title) { $0.metric.change?.interval ?? "-" },
        ]
        let fresh = item("fresh_ratio") { $0.metric.fresh.map { Percent.change($0.ratio) } }
        return change + (hasFresh ? [fresh] : []) + [
            item("threshold") { $0.metric.metric.isRatio ? Percent.margin($0.metric.shownMargin) : nil },
            item("proved_margin") {
                FindingsText.isBound($0.metric) ? $0.metric.proved.map(Percent.bound) : nil
            },
            item("verdict") { $0.metric.shownWord },
        ]
    }

    private static func item(_ column: String, _ text: @escaping @Sendable (FindingRow) -> String?)
        -> TableLayout<FindingRow>.Item
    { .init(FindingColumn.all[column]) { text($0) ?? "-" } }
}
