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

    /// One metric of one cell.
    package struct Line {
        package let findings: Findings
        package let cell: CellFinding
        package let metric: MetricFinding

        package init(
            findings: Findings, cell: CellFinding, metric: MetricFinding
        ) {
            self.findings = findings
            self.cell = cell
            self.metric = metric
        }
    }

    private var lines: [Line] {
        findings.cells.flatMap { cell in cell.metrics.map { Line(findings: findings, cell: cell, metric: $0) } }
    }

    /// A table per cell, then the verdict in words.
    package var text: String {
        let isWide = page.width >= Self.widthWithPicture
        let document = isWide ? Self.pictured : Self.brief
        let blocks = findings.cells.map { cell in
            page.wrapped("\(cell.title): \(Self.shown(cell.word))") + "\n" + document.table(shown(cell), for: page)
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
            text += "**\(cell.title)**: \(Self.shown(cell.word))\n\n" + Self.brief.markdown(shown(cell)) + "\n"
        }
        text += FindingsText.footnote(findings).map { "\($0)\n" }.joined()
        return text + "\n</details>\n"
    }

    /// A row per metric of each cell.
    package var records: Report.Records { Self.full.records(lines) }

    /// The names of the columns of ``records``.
    package static var columnNames: [String] { full.items.map(\.name) }

    /// The metrics that were measured, and integrity.
    private func shown(_ cell: CellFinding) -> [Line] {
        cell.metrics.filter { $0.word != .missing || $0.base != nil }.map {
            Line(findings: findings, cell: cell, metric: $0)
        }
    }

    /// The verdict on a cell, for people.
    package static func shown(_ word: Word) -> String {
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

    private static func ratio(_ value: Double?) -> Value { Value(value, decimals: 5) }

    /// The page width from which tables have a picture.
    private static let widthWithPicture = 86 + IntervalPicture.width

    private static let pictured = Document<Line>(
        items: brief.items.dropLast() + [
            .init("change and margin", "picture") { line in
                line.metric.change.map { IntervalPicture.text($0, threshold: line.metric.threshold) } ?? ""
            }
        ] + brief.items.suffix(1), expendable: expendable)

    private static let expendable = ["fresh", "margin", "base", "candidate"]

    private static let brief = Document<Line>(
        items: [
            .init("metric", "metric") { $0.metric.metric.name },
            number("base") { line in line.metric.base.map(line.metric.metric.shown) },
            number("candidate") { line in line.metric.candidate.map(line.metric.metric.shown) },
            number("change") { $0.metric.change.map { Percent.change($0.ratio) } },
            .init("interval", "interval") { $0.metric.change.map(\.interval) ?? "-" },
            number("fresh") { $0.metric.fresh.map { Percent.change($0.ratio) } },
            number("margin") { $0.metric.metric.isRatio ? Percent.text($0.metric.threshold) : nil },
            .init("verdict", "verdict") { $0.metric.shownWord },
        ], expendable: expendable)

    private static func number(_ title: String, _ text: @escaping @Sendable (Line) -> String?) -> Document<Line>.Item {
        .init(title, title, isNumber: true, shown: { text($0) ?? "-" }) { .text(text($0) ?? "") }
    }

    /// Schema 1, in its order. Append new columns.
    private static let full = Document<Line>(items: [
        value("schema") { _ in .integer(1) },
        value("started_at") { .text(Timestamp.iso8601($0.findings.startedAt)) },
        value("base") { .text($0.findings.base) },
        value("candidate") { .text($0.findings.candidate) },
        value("scenario") { .text($0.cell.load.scenario) },
        value("base_lock") { .text($0.cell.baseLock) },
        value("candidate_lock") { .text($0.cell.candidateLock) },
        value("workers") { .integer($0.cell.load.workers) },
        value("metric") { .text($0.metric.metric.recordedName) },
        value("unit") { .text($0.metric.metric.unit) },
        value("base_median") { Value($0.metric.base, decimals: 3) },
        value("candidate_median") { Value($0.metric.candidate, decimals: 3) },
        value("ratio") { ratio($0.metric.change?.ratio) },
        value("ratio_low") { ratio($0.metric.change?.low) },
        value("ratio_high") { ratio($0.metric.change?.high) },
        value("confidence") { Value($0.metric.change?.confidence, decimals: 6) },
        value("samples") { $0.metric.change.map { .integer($0.samples) } ?? .empty },
        value("fresh_ratio") { ratio($0.metric.fresh?.ratio) },
        value("fresh_ratio_low") { ratio($0.metric.fresh?.low) },
        value("fresh_ratio_high") { ratio($0.metric.fresh?.high) },
        value("fresh_samples") { $0.metric.fresh.map { .integer($0.samples) } ?? .empty },
        value("threshold") { Value($0.metric.threshold, decimals: 4) },
        value("verdict") { .text($0.metric.word == .missing ? "" : $0.metric.word.rawValue) },
        value("cell_verdict") { .text($0.cell.word.rawValue) },
        value("note") { .text($0.metric.note ?? $0.cell.note ?? "") },
        value("false_alarms") { Value($0.findings.falseAlarms, decimals: 4) },
        value("seed") { $0.findings.seed.map { .text("\($0)") } ?? .empty },
    ])

    private static func value(_ name: String, _ value: @escaping @Sendable (Line) -> Value) -> Document<Line>.Item {
        .init(name, name, shown: { _ in "" }, value: value)
    }
}
