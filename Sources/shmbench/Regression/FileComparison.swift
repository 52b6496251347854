internal import Glibc
internal import ShmStatistics

/// Compares two results files, round by round as they are: nothing was measured in turn, and nothing can be measured anew.
struct FileComparison {
    let base: String
    let candidate: String
    let options: JudgingOptions

    func findings() throws -> Findings {
        let (before, after) = (try ResultsReader.read(base), try ResultsReader.read(candidate))
        let (left, right) = (RoundTable(before), RoundTable(after))
        try Self.check(left, base, against: right, candidate)
        try Self.check(right, candidate, against: left, base)
        let settings = try options.settings(seed: 0)
        var cells = left.cells
        let usesReferences = cells.allSatisfy { cell in
            RoundTable.references.allSatisfy { name in
                left.cells.contains(CellID(lock: name, load: cell.load))
                    && right.cells.contains(CellID(lock: name, load: cell.load))
            }
        }
        let machines = [before, after].map { rows in
            Set(rows.map { ["hostname", "cpu_model", "cpus", "kernel"].map($0.text).joined(separator: ", ") })
        }
        guard usesReferences || machines[0] == machines[1] else {
            throw Failure(
                "\(base) and \(candidate) are of different machines, and times do not carry over: measure both with \(RoundTable.references.joined(separator: " and ")) among the --locks, and ratios to these are compared",
                code: .usage)
        }
        if usesReferences { cells = cells.filter { $0.lock != RoundTable.references[0] } }
        let comparison = IndependentComparison(
            base: left, candidate: right, usesReferences: usesReferences, metrics: settings.metrics,
            threshold: { settings.threshold($0) })
        let confidence = comparison.confidence(cells, falseAlarms: settings.falseAlarms)
        var findings = Findings(
            base: base, candidate: candidate, cells: cells.map { comparison.finding($0, confidence: confidence) },
            falseAlarms: settings.falseAlarms, startedAt: time(nil), seed: nil)
        findings.notes = [
            "The two files were not measured in turn: what else has changed between them counts as the candidate's. Nothing was confirmed. "
                + (usesReferences
                    ? "Compared are ratios to \(RoundTable.references.joined(separator: " and "))."
                    : "Compared are absolute figures of one machine; with \(RoundTable.references.joined(separator: " and ")) among the locks it would be ratios to these.")
        ]
        return findings
    }

    /// Refuses what has other cells, or too few rounds.
    private static func check(_ table: RoundTable, _ path: String, against other: RoundTable, _ otherPath: String)
        throws
    {
        for cell in table.cells {
            guard other.cells.contains(cell) else {
                let isKnown = other.cells.contains { $0.lock == cell.lock && $0.load.workers == cell.load.workers }
                throw Failure(
                    "\(path) has \(cell.title) of the scenario \(cell.load.scenario), and \(otherPath) has \(isKnown ? "it under another load" : "not"); measure both alike",
                    code: .usage)
            }
            let count = table.records(cell).count
            if count < IndependentComparison.fewestRounds {
                throw Failure(
                    "\(path) has \(count) round\(count == 1 ? "" : "s") of \(cell.title): to judge it takes \(IndependentComparison.fewestRounds) or more; measure with --rounds 15",
                    code: .usage)
            }
        }
    }
}
