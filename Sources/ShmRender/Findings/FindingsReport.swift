package import ShmCompare
package import ShmRecord

extension Report {
    /// The findings of a comparison: a suite per cell, a case per metric, a notice per sentence.
    package init(_ findings: Findings) {
        self.init(
            "comparison", text: { FindingsTable(findings: findings, page: $0).text },
            markdown: { FindingsTable(findings: findings).markdown },
            records: FindingsTable(findings: findings).records, facts: Self.facts(findings),
            suites: findings.cells.map(Self.suite), notices: Self.notices(findings),
            exhibit: { FindingsExhibit(findings: findings).exhibit })
    }

    /// The report of a comparison that failed.
    package static func nothingCompared(_ failure: Failure) -> Report {
        .failure(
            failure, of: "comparison", nothingWas: "compared",
            records: Records(schema: FindingColumn.schema, FindingColumn.all, []),
            facts: [.init("notes", .texts([]))])
    }

    private static func facts(_ findings: Findings) -> [JSONValue.Member] {
        let sentences = FindingsText.sentences(findings).map(\.text) + [FindingsText.verdict(findings)]
        let requested = findings.request.map {
            [JSONValue.Member("requested", .object(ComparisonRequestColumn.all, $0))]
        }
        return (requested ?? []) + quality(isComplete: !findings.cells.isEmpty, findings.warnings) + [
            .init("verdict", .texts(sentences)), .init("notes", .texts(FindingsText.footnote(findings))),
        ]
    }

    private static func suite(_ cell: CellFinding) -> Suite {
        Suite(
            cell.title,
            cell.metrics.filter { $0.word != .missing }.map { finding in
                let isUnfit = finding.word == .broken || finding.word == .unjudged
                return Check(
                    finding.metric.name, outcome(finding.word),
                    isUnfit ? cell.note ?? "" : FindingsText.change(finding))
            })
    }

    private static func outcome(_ word: ComparisonVerdict) -> Check.Outcome {
        switch word {
        case .slower, .broken: .failed
        case .unjudged: .error
        case .undecided: .skipped
        case .equivalent, .faster, .missing: .passed
        }
    }

    private static func notices(_ findings: Findings) -> [Notice] {
        let notices = FindingsText.sentences(findings).map { Notice(level($0.word), $0.title, $0.text) }
        let worst: Notice.Level = findings.status == .ok ? (findings.isUndecided ? .warning : .notice) : .error
        return notices + [Notice(worst, "shmbench", FindingsText.verdict(findings))]
    }

    private static func level(_ word: ComparisonVerdict) -> Notice.Level {
        switch word {
        case .broken, .slower, .unjudged: .error
        case .undecided: .warning
        case .faster, .equivalent, .missing: .notice
        }
    }
}
