internal import ShmHistory
internal import ShmStatistics

/// One figure of one cell over the runs of a history.
struct HistorySeries {
    let metric: HistoryMetric
    let cell: HistoryCell
    /// Oldest first; runs without the figure are left out.
    let points: [Point]
    let changes: [ChangePoint]

    /// One run.
    struct Point {
        let run: HistoryRun
        /// Over the run's rounds.
        let median: Double
        let rounds: Int
        /// Against the point before, as a share of that.
        let change: Double?
    }

    /// Which rounds are looked at, by the columns' names.
    typealias Filter = [String: [HistoryValue]]

    /// All series of a figure that rounds were found for, cells in the order in which they first came.
    static func all(_ history: History, _ runs: [HistoryRun], _ metric: HistoryMetric, _ filter: Filter, anyHost: Bool)
        throws -> [HistorySeries]
    {
        let rounds: [[HistoryValue]]
        do {
            rounds = try history.rounds(["run_id", metric.column] + HistoryCell.columns, where: filter)
        } catch { throw Failure(error.description) }
        var order: [HistoryCell] = []
        var figures: [HistoryCell: [String: [Double]]] = [:]
        for round in rounds {
            if case .text = round[1] {
                throw Failure("--metric \(metric.column) is a text, no figure that changes", code: .usage)
            }
            guard let id = round[0].text, let figure = round[1].number, figure.isFinite else { continue }
            let cell = HistoryCell(round.dropFirst(2), anyHost: anyHost)
            if figures[cell] == nil { order.append(cell) }
            figures[cell, default: [:]][id, default: []].append(figure)
        }
        return order.map { HistorySeries(metric, $0, figures[$0] ?? [:], runs) }
    }

    private init(_ metric: HistoryMetric, _ cell: HistoryCell, _ figures: [String: [Double]], _ runs: [HistoryRun]) {
        self.metric = metric
        self.cell = cell
        var points: [Point] = []
        for run in runs {
            guard let rounds = figures[run.id], let middle = median(rounds) else { continue }
            let change = points.last.flatMap { $0.median != 0 ? middle / $0.median - 1 : nil }
            points.append(Point(run: run, median: middle, rounds: rounds.count, change: change))
        }
        self.points = points
        changes = changePoints(points.map(\.median))
    }

    /// Whether a change is for the better; `nil` where nobody can say.
    func isBetter(_ change: ChangePoint) -> Bool? {
        metric.isBetterHigh.map { $0 == (change.after > change.before) }
    }
}
