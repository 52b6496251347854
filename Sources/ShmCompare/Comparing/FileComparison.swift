internal import Glibc
internal import ShmCoordinator
internal import ShmRecord
internal import ShmStatistics

/// Compares two results files, round by round as they are: nothing was measured in turn, and nothing can be measured anew.
package struct FileComparison {
    package let base: String
    package let candidate: String
    package let settings: Comparison.Settings

    package init(
        base: String, candidate: String, settings: Comparison.Settings
    ) {
        self.base = base
        self.candidate = candidate
        self.settings = settings
    }

    package func findings() throws -> Findings {
        let (before, after) = (try ResultsReader.read(base), try ResultsReader.read(candidate))
        let (left, right) = (RoundTable(before), RoundTable(after))
        try Self.check(left, base, against: right, candidate)
        try Self.check(right, candidate, against: left, base)
        try checkWindows(left, right)
        var cells = left.cells
        let usesReferences = cells.allSatisfy { cell in
            RoundTable.references.allSatisfy { name in
                left.cells.contains(CellID(lock: name, load: cell.load))
                    && right.cells.contains(CellID(lock: name, load: cell.load))
            }
        }
        let machines = [before, after].map { rows in
            Set(rows.map(\.platform))
        }
        guard usesReferences || machines[0] == machines[1] else {
            throw Failure(
                "\(base) and \(candidate) are of different machines, and times do not carry over: measure both with \(RoundTable.references.joined(separator: " and ")) among the --locks, and ratios to these are compared",
                code: .usage)
        }
        if usesReferences { cells = cells.filter { $0.lock != RoundTable.references[0] } }
        let comparison = IndependentComparison(
            base: left, candidate: right, usesReferences: usesReferences, metrics: settings.metrics,
            threshold: { settings.thresholds[$0] ?? IndependentComparison.usualThreshold($0) })
        let confidence = comparison.confidence(cells, falseAlarms: settings.falseAlarms)
        try comparison.checkSizes(cells, confidence: confidence)
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
        }
        if let gap = table.gap { throw Failure("\(path) \(gap); measure anew", code: .usage) }
    }

    /// Refuses windows of other lengths: tails and fairness depend on them.
    private func checkWindows(_ left: RoundTable, _ right: RoundTable) throws {
        for cell in left.cells {
            let windows = [left, right].map { median($0.records(cell).compactMap { $0.number("duration_s") }) ?? 0 }
            if windows[0] > 2 * windows[1] || windows[1] > 2 * windows[0] {
                throw Failure(
                    "\(base) was measured with windows of \(Figure.time(windows[0] * 1e9)), and \(candidate) of \(Figure.time(windows[1] * 1e9)): measure both with one --duration",
                    code: .usage)
            }
        }
    }
}
