internal import Glibc
internal import ShmRecord

/// The folder of a task's results, as it is at this moment.
struct TaskFolder {
    private let path: String
    private let plan: FleetPlan

    init(_ folder: FleetFolder, _ plan: FleetPlan, _ task: FleetTask) {
        path = folder.results(task)
        self.plan = plan
    }

    /// The file with the results.
    var results: String { "\(path)/\(plan.kind.resultsName)" }

    /// What the task says of itself; `nil` if it has said nothing, or nothing valid.
    var status: TaskStatus? { (try? FileTree.text("\(path)/status", atMost: 65_536)).flatMap { TaskStatus($0) } }

    /// When the status came here, by the clock of this machine, epoch s: a copy has the times of its node otherwise.
    var arrival: Int? {
        var found = stat()
        return unsafe stat("\(path)/status", &found) == 0 ? found.st_ctim.tv_sec : nil
    }

    /// The last line of the log, without the program's name in front, and without lines about progress.
    var lastWords: String {
        let lines = FileTree.end("\(path)/log", bytes: 8192).split(whereSeparator: \.isNewline)
        let line = lines.last { !$0.contains("% done") && !$0.hasPrefix("warning: ") } ?? ""
        return PlainWords.of(line.hasPrefix("shmbench: ") ? line.dropFirst("shmbench: ".count) : line)
    }

    /// The complete rows of the results so far, without the header.
    var rows: Int { max(0, ((try? LineCount.lines(in: results)) ?? 0) - 1) }

    /// The progress by the log: `23% done, 0:41 left: …`.
    private var loggedShare: Double? {
        TaskProgress.share(log: FileTree.end("\(path)/log", bytes: 4096))
    }

    /// The task as it shows from here.
    func report(_ task: FleetTask, _ state: TaskState) -> TaskReport {
        var report = TaskReport(task: task, state: state)
        if case .waiting = state { return report }
        guard let status else { return report }
        report.exit = status.exit
        if plan.kind.growsByRow { report.rows = rows }
        report.share = status.hasEnded ? 1 : share(rows: report.rows)
        return report
    }

    private func share(rows: Int?) -> Double? {
        if let rows, let expected = plan.expectedRows, expected > 0 { return min(1, Double(rows) / Double(expected)) }
        return loggedShare
    }
}
