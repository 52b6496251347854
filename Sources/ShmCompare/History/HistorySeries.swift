package import ShmHistory
internal import ShmRecord
package import ShmStatistics

/// One figure of one cell over the runs of a history.
package struct HistorySeries {
    package let metric: HistoryMetric
    package let cell: HistoryCell
    /// The length of the windows, s, where the history has the cell with others, too: tails and fairness depend on it.
    package let window: Double?
    /// Oldest first; runs without the figure are left out.
    package let points: [Point]
    package let changes: [ChangePoint]
    /// Runs with rounds that were left out, since the lock was broken in them, oldest first.
    package let broken: [(run: HistoryRun, rounds: Int)]

    /// One run.
    package struct Point {
        package let run: HistoryRun
        /// Over the run's rounds.
        package let median: Double
        package let rounds: Int
        /// Rounds that were left out, since the lock was broken in them.
        package let broken: Int
        /// Against the point before, as a share of that.
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

    /// Which rounds are looked at, by the columns' names.
    package typealias Filter = [String: [HistoryValue]]

    /// The figures of a cell in one run.
    fileprivate struct Figures {
        var good: [Double] = []
        var broken = 0
        var windows: [Double] = []
    }

    /// All series of a figure that rounds were found for, cells in the order in which they first came.
    package static func all(
        _ history: History, _ runs: [HistoryRun], _ metric: HistoryMetric, _ filter: Filter, anyHost: Bool
    )
        throws -> [HistorySeries]
    {
        let names = ["rowid", "run_id", metric.column, "duration_s"] + BrokenRounds.columns + HistoryCell.columns
        let rounds: [[HistoryValue]]
        do { rounds = try history.rounds(names, where: filter) } catch { throw Failure(error.description) }
        var order: [HistoryCell] = []
        var figures: [HistoryCell: [String: Figures]] = [:]
        for round in rounds {
            func damage(_ column: Int, _ what: String) -> Failure {
                Failure(
                    "\(history.path): rounds, row \(round[0].integer ?? 0), column `\(names[column])`: \(round[column].shown) \(what); mend it or delete the row with sqlite3"
                )
            }
            if round[2] == .null { continue }
            guard let id = round[1].text else { throw damage(1, "names no run") }
            guard let figure = round[2].number, figure.isFinite else { throw damage(2, "is no figure") }
            if figure < 0 { throw damage(2, "is less than 0") }
            let first = 4 + BrokenRounds.columns.count
            let cell = HistoryCell(round[first...], anyHost: anyHost)
            for (column, isSound) in [("lock", cell.isNamed), ("workers", cell.workers > 0)] where !isSound {
                throw damage(first + (HistoryCell.columns.firstIndex(of: column) ?? 0), "makes no sense")
            }
            if figures[cell] == nil { order.append(cell) }
            var run = figures[cell]?[id] ?? Figures()
            if BrokenRounds.isBroken(round[4..<first]) { run.broken += 1 } else { run.good.append(figure) }
            if let window = round[3].number { run.windows.append(window) }
            figures[cell, default: [:]][id] = run
        }
        return order.flatMap { cell in
            let groups = byWindow(figures[cell] ?? [:])
            return groups.map { group in
                HistorySeries(metric, cell, groups.count > 1 ? group.window : nil, group.figures, runs)
            }
        }
    }

    /// Runs whose windows were about as long; a measured length is a little more than the one that was asked for.
    private static func byWindow(_ all: [String: Figures]) -> [(window: Double?, figures: [String: Figures])] {
        var groups: [(window: Double?, figures: [String: Figures])] = []
        for (id, figures) in all.sorted(by: { median($0.value.windows) ?? 0 < median($1.value.windows) ?? 0 }) {
            let window = median(figures.windows)
            if let last = groups.indices.last, (window ?? 0) <= 1.5 * (groups[last].window ?? 0) {
                groups[last].figures[id] = figures
            } else {
                groups.append((window, [id: figures]))
            }
        }
        return groups
    }

    private init(
        _ metric: HistoryMetric, _ cell: HistoryCell, _ window: Double?, _ figures: [String: Figures],
        _ runs: [HistoryRun]
    ) {
        self.metric = metric
        self.cell = cell
        self.window = window
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

    /// For a title.
    package var title: String {
        cell.title + (window.map { ", windows of \(Figure.time($0 * 1e9))" } ?? "")
    }

    /// Whether a change is for the better; `nil` where nobody can say.
    package func isBetter(_ change: ChangePoint) -> Bool? {
        metric.isBetterHigh.map { $0 == (change.after > change.before) }
    }
}
