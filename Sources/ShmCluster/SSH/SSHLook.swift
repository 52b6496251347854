/// The answer of a host about a task.
struct SSHLook: Equatable {
    /// Whether the host has the task's folder.
    let hasFolder: Bool
    let isAlive: Bool
    let status: TaskStatus?
    /// The complete rows of the results.
    let rows: Int
    /// The part that is done, as the log says.
    let share: Double?

    init(_ answer: String) {
        var values: [Substring: Substring] = [:]
        // The user's shell there may greet before the script begins.
        let lines = answer.split(whereSeparator: \.isNewline).filter { $0.contains("=") }
        for line in lines {
            let parts = line.split(separator: "=", maxSplits: 1, omittingEmptySubsequences: false)
            values[parts[0]] = parts[1]
        }
        hasFolder = values["folder"] != "gone"
        isAlive = values["alive"] == "yes"
        rows = max(0, (values["lines"].flatMap { Int($0) } ?? 0) - 1)
        share = TaskProgress.share(log: String(values["log"] ?? ""))
        status = TaskStatus(lines.joined(separator: "\n"))
    }
}
