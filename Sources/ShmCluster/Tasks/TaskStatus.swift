internal import ShmRecord

/// What a task says of itself: the file `status` in its folder.
package struct TaskStatus: Equatable, Sendable {
    /// Whether the task has written its last status.
    package let hasEnded: Bool
    /// The exit code of the command, if it has ended.
    package let exit: Int?
    /// The rows of its results, if it has ended.
    package let rows: Int?
    package let host: String
    package let kernel: String
    /// The version of shmbench that ran.
    package let tool: String
    package let bootID: String
    /// By the clock of the node, epoch s.
    package let started: Int?
    package let ended: Int?

    /// Reads a status; `nil` for any other text. Control characters of another machine's text become `?`.
    package init?(_ text: String) {
        var values: [Substring: String] = [:]
        for line in text.prefix(65_536).split(whereSeparator: \.isNewline) {
            let parts = line.split(separator: "=", maxSplits: 1, omittingEmptySubsequences: false)
            guard parts.count == 2 else { return nil }
            values[parts[0]] = PlainWords.of(parts[1])
        }
        guard let state = values["state"], state == "running" || state == "ended" else { return nil }
        hasEnded = state == "ended"
        exit = values["exit"].flatMap(Int.init)
        if hasEnded && exit == nil { return nil }
        rows = values["rows"].flatMap(Int.init)
        (host, kernel) = (values["host"] ?? "", values["kernel"] ?? "")
        (tool, bootID) = (values["tool"] ?? "", values["boot_id"] ?? "")
        (started, ended) = (values["started"].flatMap(Int.init), values["ended"].flatMap(Int.init))
    }
}
