package import ShmHistory
internal import ShmRecord
package import ShmStatistics

/// A metric of one cell over the runs of a history.
package struct HistorySeries {
    package let metric: HistoryColumn
    package let cell: HistoryCell
    /// The requested lengths in words, if the history has the cell with several; tails and fairness depend on them.
    package let lengths: String?
    /// Remarks on runs that do not say what was requested.
    package let remarks: [String]
    /// The runs with the metric, oldest first.
    package let points: [Point]
    package let changes: [ChangePoint]
    /// The runs with rounds that are left out because the lock broke a promise, oldest first.
    package let broken: [(run: HistoryRun, rounds: Int)]

    /// One run.
    package struct Point {
        package let run: HistoryRun
        /// The median over the run's rounds.
        package let median: Double
        package let rounds: Int
        /// The number of rounds that are left out because the lock broke a promise.
        package let broken: Int
        /// The relative change from the previous point; `nil` at the first.
        package let change: Double?

        package init(
            run: HistoryRun, median: Double, rounds: Int, broken: Int, change: Double? = nil
        ) {
            self.run = run
            self.median = median
            self.rounds = rounds
            self.broken = broken
            self.change = change
        }
    }

    /// Accepted values by column.
    package typealias Filter = [String: [HistoryValue]]

    /// The figures of a cell in one run.
    fileprivate struct Figures {
        var good: [Double] = []
        var broken = 0
        var lengths = RequestedLengths.OfRun()
    }

    /// The series of a metric, in the order in which their cells first occur.
    ///
    /// - Throws: ``Failure`` that names the row and column of an invalid value.
    package static func all(
        _ history: History, _ runs: [HistoryRun], _ metric: HistoryColumn, _ filter: Filter, anyHost: Bool
    )
        throws -> [HistorySeries]
    {
        let lengths = RequestedLengths.columns
        let samples = Record.samplesColumn(metric.column)
        let names =
            ["rowid", "run_id", metric.column, samples ?? metric.column] + lengths + BrokenRounds.columns
            + HistoryCell.columns
        let rounds: [[HistoryValue]]
        do { rounds = try history.rounds(names, where: filter) } catch { throw Failure(error.description) }
        var order: [HistoryCell] = []
        var figures: [HistoryCell: [String: Figures]] = [:]
        for round in rounds {
            func invalid(_ column: Int, expected: String) -> Failure {
                Failure(
                    "\(history.path): rounds, row \(round[0].integer ?? 0): invalid value \(round[column].shown) for column `\(names[column])`: expected \(expected); correct it or delete the row with sqlite3"
                )
            }
            if round[2] == .null { continue }
            guard let id = round[1].text else { throw invalid(1, expected: "the name of a run") }
            guard let figure = round[2].number, figure.isFinite, figure >= 0 else {
                throw invalid(2, expected: "a number of at least 0")
            }
            // Earlier versions wrote percentiles of any number of samples.
            if let count = round[3].number, samples != nil, Record.isUnsupported(metric.column, samples: count) {
                continue
            }
            let promises = 4 + lengths.count
            let first = promises + BrokenRounds.columns.count
            let cell = HistoryCell(round[first...], anyHost: anyHost)
            let checks = [
                ("lock", cell.isNamed, "the name of a lock"), ("workers", cell.workers > 0, "a whole number above 0"),
            ]
            for (column, isValid, expected) in checks where !isValid {
                throw invalid(first + (HistoryCell.columns.firstIndex(of: column) ?? 0), expected: expected)
            }
            if figures[cell] == nil { order.append(cell) }
            var run = figures[cell]?[id] ?? Figures()
            if BrokenRounds.isBroken(round[promises..<first]) { run.broken += 1 } else { run.good.append(figure) }
            run.lengths.add(round[4..<promises].map(\.number))
            figures[cell, default: [:]][id] = run
        }
        return order.flatMap { cell in
            let all = figures[cell] ?? [:]
            let groups = RequestedLengths.groups(all.mapValues(\.lengths))
            return groups.map { group in
                let members = all.filter { group.runs.contains($0.key) }
                return HistorySeries(
                    metric, cell, lengths: groups.count > 1 ? group.title : nil, remarks: group.remarks, members, runs)
            }
        }
    }

    private init(
        _ metric: HistoryColumn, _ cell: HistoryCell, lengths: String?, remarks: [String], _ figures: [String: Figures],
        _ runs: [HistoryRun]
    ) {
        self.metric = metric
        self.cell = cell
        self.lengths = lengths
        self.remarks = remarks
        var points: [Point] = []
        for run in runs {
            guard let found = figures[run.id], let middle = median(found.good) else { continue }
            let change = points.last.flatMap { $0.median != 0 ? middle / $0.median - 1 : nil }
            points.append(
                Point(run: run, median: middle, rounds: found.good.count, broken: found.broken, change: change))
        }
        self.points = points
        changes = changePoints(points.map(\.median))
        broken = runs.compactMap { run in figures[run.id].flatMap { $0.broken > 0 ? (run, $0.broken) : nil } }
    }

    /// The title: the cell, and the requested lengths if there are several.
    package var title: String { cell.title + (lengths.map { ", \($0)" } ?? "") }

    /// Whether a change is an improvement; `nil` if neither direction is better.
    package func isBetter(_ change: ChangePoint) -> Bool? {
        metric.isBetterHigh.map { $0 == (change.after > change.before) }
    }
}
