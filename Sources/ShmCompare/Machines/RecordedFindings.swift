internal import ShmCoordinator
package import ShmRecord

/// The findings of a comparison in a file of `compare --output FILE.csv`.
package struct RecordedFindings {
    /// The finding on a metric of a cell.
    package struct Finding {
        /// The cell in a few words, as in `futex × 2`; equal for equal cells of several files.
        package let cell: String
        package let metric: Metric
        package let change: Change?
        package let verdict: ComparisonVerdict
        package let note: String?
        /// The values of the row.
        package let row: RecordedRows.Row
    }

    package let findings: [Finding]
    /// The family-wise false-positive rate of the comparison.
    package let falseAlarms: Double
    package let file: RecordedRows

    /// - Throws: ``Failure`` with the code `usage` if a value is invalid, or a metric of a cell is in it twice.
    package init(_ text: String, path: String) throws {
        file = try RecordedRows(text, path: path, Self.columns, schema: FindingColumn.schema, of: "compare")
        let load = FindingColumn.all.names(.present).filter { !Self.verdicts.contains($0) }
        try file.rows.refuse(repeated: (load + Self.optionalLoad).uniqued())
        try file.rows.refuse(different: ["false_alarms"])
        falseAlarms = file.rows[0]["false_alarms"].number ?? 0
        findings = try file.rows.map(Finding.init)
    }

    /// Columns that say what was found, not of what.
    private static let verdicts = ["schema", "started_at", "cell_verdict", "false_alarms"]
    /// Columns of the load that are empty at the default.
    private static let optionalLoad = FindingColumn.all.map(\.name).filter { name in
        ResultColumn.all.contains { $0.name == name && $0.roles.contains(.cell) }
    }

    /// The columns as files have them: schema 1 of the CSV spells a metric in an older way.
    private static let columns = FindingColumn.all.map { field in
        guard field.name == "metric" else { return field }
        return Field(
            field.name, kind: .words(Metric.all.map(\.recorded.text)), roles: field.roles, field.doc, field.value)
    }
}

extension RecordedFindings.Finding {
    fileprivate init(_ row: RecordedRows.Row) throws {
        guard let metric = Metric.named(row.text("metric")) else {
            throw row.invalid("metric", expected: Metric.names)
        }
        self.metric = metric
        self.row = row
        let word = row.text("verdict")
        verdict = ComparisonVerdict(rawValue: word.isEmpty ? "-" : word) ?? .missing
        note = row.text("note").isEmpty ? nil : row.text("note")
        change = row["ratio"].number.map { ratio in
            Change(
                ratio: ratio, low: row["ratio_low"].number ?? 0, high: row["ratio_high"].number ?? .infinity,
                confidence: row["confidence"].number ?? 0, samples: row.count("samples"))
        }
        var load = Load()
        for parameter in Parameter.all {
            do { try parameter.restore(row.text(parameter.column), for: parameter.column, in: &load) } catch let failure
                as Failure
            { throw Failure("\(row.place): \(failure.message)", code: .usage) }
        }
        cell =
            CellFinding(
                load: load, baseLock: row.text("base_lock"), candidateLock: row.text("candidate_lock"), metrics: []
            ).title
    }
}
