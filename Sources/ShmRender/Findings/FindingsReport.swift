package import ShmCompare
package import ShmRecord

extension Report {
    /// What a comparison found: a suite for each cell, a case for each metric, a notice for each thing to look at.
    package init(_ findings: Findings) {
        self.init(
            "comparison", text: { FindingsTable(findings: findings, page: $0).text },
            markdown: { FindingsTable(findings: findings).markdown },
            records: FindingsTable(findings: findings).records,
            suites: findings.cells.map(Self.suite), notices: Self.notices(findings))
    }

    /// That nothing was compared.
    package static func nothingCompared(_ failure: Failure) -> Report {
        .failure(failure, of: "comparison", nothingWas: "compared", names: FindingsTable.columnNames)
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

    private static func outcome(_ word: Word) -> Check.Outcome {
        switch word {
        case .slower, .broken: .failed
        case .unjudged: .error
        case .inconclusive: .skipped
        case .same, .faster, .missing: .passed
        }
    }

    private static func notices(_ findings: Findings) -> [Notice] {
        let notices = FindingsText.sentences(findings).map { Notice(level($0.word), $0.title, $0.text) }
        let worst: Notice.Level = findings.status == .ok ? (findings.isOpen ? .warning : .notice) : .error
        return notices + [Notice(worst, "shmbench", FindingsText.verdict(findings))]
    }

    private static func level(_ word: Word) -> Notice.Level {
        switch word {
        case .broken, .slower, .unjudged: .error
        case .inconclusive: .warning
        case .faster, .same, .missing: .notice
        }
    }
}
