internal import Glibc
internal import ShmCoordinator
internal import ShmRecord
internal import ShmStatistics

/// Compares two results files, whose rounds were not measured alternately and cannot be measured again.
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
        let (left, right) = (RoundIndex(before), RoundIndex(after))
        try Self.check(left, base, against: right, candidate)
        try Self.check(right, candidate, against: left, base)
        try checkWindows(left, right)
        var cells = left.cells
        let usesReferences = cells.allSatisfy { cell in
            RoundIndex.references.allSatisfy { name in
                left.cells.contains(CellID(lock: name, load: cell.load))
                    && right.cells.contains(CellID(lock: name, load: cell.load))
            }
        }
        let machines = [before, after].map { rows in
            Set(rows.map(\.platform))
        }
        guard usesReferences || machines[0] == machines[1] else {
            throw Failure(
                "\(base) and \(candidate) are of different machines, whose times are not comparable: measure both with \(RoundIndex.references.joined(separator: " and ")) among the --locks, to compare ratios to these"
            )
        }
        if usesReferences { cells = cells.filter { $0.lock != RoundIndex.references[0] } }
        let comparison = IndependentComparison(
            base: left, candidate: right, usesReferences: usesReferences, metrics: settings.metrics,
            falseAlarms: settings.falseAlarms,
            threshold: { settings.thresholds[$0] ?? IndependentComparison.usualThreshold($0) })
        let confidence = comparison.confidence(cells, falseAlarms: settings.falseAlarms)
        try comparison.checkSizes(cells, confidence: confidence)
        var findings = Findings(
            base: base, candidate: candidate, cells: cells.map { comparison.finding($0, confidence: confidence) },
            falseAlarms: settings.falseAlarms, startedAt: time(nil), seed: nil)
        findings.locate(after)
        if machines[0] != machines[1] {
            findings.warnings = [
                Warning(
                    .otherMachine,
                    "\(candidate) is of another machine or kernel than \(base); measure both on one machine, or see how well ratios transfer"
                )
            ]
        }
        findings.notes = [
            "The two files were not measured alternately, so every other change between them is attributed to the candidate. No finding was confirmed. "
                + (usesReferences
                    ? "Figures are ratios to \(RoundIndex.references.joined(separator: " and "))."
                    : "Figures are absolute, of one machine; with \(RoundIndex.references.joined(separator: " and ")) among the locks, they are ratios to these.")
        ]
        return findings
    }

    /// Rejects files with different cells or missing rounds.
    private static func check(_ table: RoundIndex, _ path: String, against other: RoundIndex, _ otherPath: String)
        throws
    {
        for cell in table.cells {
            guard other.cells.contains(cell) else {
                let isKnown = other.cells.contains { $0.lock == cell.lock && $0.load.workers == cell.load.workers }
                throw Failure(
                    "\(path) has \(cell.title) of the scenario \(cell.load.scenario), which \(otherPath) has \(isKnown ? "under another load" : "not"): measure both with the same options"
                )
            }
        }
        if let gap = table.gap { throw Failure("\(path) \(gap); measure again") }
    }

    /// Rejects windows of different lengths, on which tails and fairness depend.
    private func checkWindows(_ left: RoundIndex, _ right: RoundIndex) throws {
        for cell in left.cells {
            let windows = [left, right].map { median($0.records(cell).compactMap(\.window)) ?? 0 }
            if windows[0] > 2 * windows[1] || windows[1] > 2 * windows[0] {
                throw Failure(
                    "\(base) was measured with windows of \(Figure.time(windows[0] * 1e9)), and \(candidate) with windows of \(Figure.time(windows[1] * 1e9)): measure both with the same --duration"
                )
            }
        }
    }
}
