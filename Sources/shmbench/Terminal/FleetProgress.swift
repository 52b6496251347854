internal import ShmCluster
internal import ShmCoordinator
@_spi(Bench) internal import ShmCore
internal import ShmRecord
internal import ShmRender

/// The live view of a fleet: on a terminal, the progress of all tasks and below it a line for each that runs or waits; a task
/// that is over leaves a line above. Elsewhere, a line when a task begins or is over.
struct FleetProgress {
    private let plan: FleetPlan
    private var line = ProgressLine()
    private var shown: [String: String] = [:]
    /// How far each running task was when that was first known.
    private var first: [String: (at: Deadline, share: Double)] = [:]
    /// How far all of them were at first: a fleet that is resumed has gone on meanwhile.
    private var before: Double?

    init(_ plan: FleetPlan) { self.plan = plan }

    /// Shows the tasks as they are.
    mutating func show(_ reports: [TaskReport]) {
        for report in reports { tell(report) }
        for report in reports where report.state == .running && first[report.task.name] == nil {
            if let share = report.share { first[report.task.name] = (.now, share) }
        }
        let share = share(reports)
        let (first, before) = (first, before ?? share)
        self.before = before
        line.show(
            share, before: before, Self.summary(reports),
            parts: Self.lines(reports, height: Terminal.height, width: Terminal.errors.width) { report in
                guard let share = report.share, let start = first[report.task.name] else { return nil }
                return ProgressLine.left(share - start.share, rest: 1 - share, since: start.at)
            })
    }

    func clear() { line.clear() }

    /// Says once where a task is.
    private mutating func tell(_ report: TaskReport) {
        guard shown[report.task.name] != report.state.name else { return }
        let isFirst = shown.updateValue(report.state.name, forKey: report.task.name) == nil
        if case .waiting = report.state { return }
        if report.state == .running && LiveLine.isPossible { return }
        if isFirst && plan.tasks.count > 50 && !report.state.isOver { return }
        Terminal.write("\(report.task.name): \(Self.words(report))\n")
    }

    private static func words(_ report: TaskReport) -> String {
        var text = report.state.name
        if report.state == .ended, let exit = report.exit { text += exit == 0 ? "" : " with exit code \(exit)" }
        if let rows = report.rows, report.state != .running { text += ", \(counted(rows, "row"))" }
        return report.state.reason.isEmpty ? text : "\(text): \(report.state.reason)"
    }

    /// The part that is done: a task of unknown progress counts when it is over.
    private func share(_ reports: [TaskReport]) -> Double {
        let shares = reports.map { $0.state.isOver ? 1 : $0.share ?? 0 }
        return shares.reduce(0, +) / Double(max(1, shares.count))
    }

    /// How many tasks are where, and why the first of the waiting waits.
    private static func summary(_ reports: [TaskReport]) -> String {
        let names = ["running", "waiting", "ended", "missing", "lost", "cancelled"]
        let counts = names.compactMap { name in
            let count = reports.count { $0.state.name == name }
            return count > 0 ? "\(count) \(name)" : nil
        }
        let reason = reports.first { $0.state.name == "waiting" }?.state.reason ?? ""
        let words = counts.joined(separator: ", ")
        return reason.isEmpty || reports.contains { $0.state == .running } ? words : "\(words) (\(reason))"
    }

    /// A line for each task that is not over, those that run first, as many as a terminal has room for.
    ///
    ///     n1  running   45%, 0:20 left
    ///     n2  waiting  Resources
    ///
    /// - Parameters:
    ///   - height: the lines of the terminal.
    ///   - columns: its columns, of which names take up to a half.
    ///   - left: the time that is left of a task, if it is known.
    static func lines(_ reports: [TaskReport], height: Int, width columns: Int, left: (TaskReport) -> String?)
        -> [String]
    {
        let open = reports.filter { $0.state == .running } + reports.filter { $0.state.name == "waiting" }
        // One for the line above, one for the cursor, one for the number of the others.
        let most = max(0, height - 3)
        let shown = open.prefix(most)
        let names = shown.map { report in
            report.task.title.count <= columns / 2 ? report.task.title : report.task.title.prefix(columns / 2 - 1) + "…"
        }
        let width = names.map(\.count).max() ?? 0
        let lines = zip(shown, names).map { report, own in
            let name = own + String(repeating: " ", count: width - own.count)
            let state = "  \(name)  \(report.state.name)"
            guard report.state == .running else {
                return report.state.reason.isEmpty ? state : "\(state)  \(report.state.reason)"
            }
            let percent = report.share.map { "\(Int($0 * 100))%" }.map {
                String(repeating: " ", count: 4 - $0.count) + $0
            }
            let done = percent ?? report.rows.map { counted($0, "row") }
            return state + (done.map { "  \($0)" } ?? "") + (left(report).map { ", \($0)" } ?? "")
        }
        return lines + (open.count > shown.count ? ["  and \(counted(open.count - shown.count, "more task"))"] : [])
    }
}
