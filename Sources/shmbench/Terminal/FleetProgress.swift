internal import ShmCluster
internal import ShmCoordinator
internal import ShmRecord

/// The live view of a fleet: the progress of all tasks, and on a terminal a line for each that runs. Elsewhere, a line when a
/// task begins or is over.
struct FleetProgress {
    private let plan: FleetPlan
    private var line = ProgressLine()
    private var shown: [String: String] = [:]

    init(_ plan: FleetPlan) { self.plan = plan }

    /// Shows the tasks as they are.
    mutating func show(_ reports: [TaskReport]) {
        for report in reports { tell(report) }
        line.show(share(reports), Self.summary(reports), now: Self.running(reports))
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

    /// The progress of the tasks that run.
    private static func running(_ reports: [TaskReport]) -> String {
        let parts = reports.filter { $0.state == .running }.map { report in
            let share = report.share.map { " \(Int($0 * 100))%" } ?? report.rows.map { " \(counted($0, "row"))" } ?? ""
            return report.task.name + share
        }
        return parts.isEmpty ? "" : "  " + parts.prefix(40).joined(separator: "  ")
    }
}
