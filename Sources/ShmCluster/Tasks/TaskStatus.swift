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

    /// The times that a status can have, epoch s: differences of them are numbers, too.
    private static let times = 0...1_000_000_000_000

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
        func number(_ name: String, _ range: ClosedRange<Int>) -> Int? {
            values[name[...]].flatMap(Int.init).flatMap { range.contains($0) ? $0 : nil }
        }
        exit = number("exit", 0...255)
        if hasEnded && exit == nil { return nil }
        rows = number("rows", 0...Int.max)
        (host, kernel) = (values["host"] ?? "", values["kernel"] ?? "")
        (tool, bootID) = (values["tool"] ?? "", values["boot_id"] ?? "")
        (started, ended) = (number("started", Self.times), number("ended", Self.times))
    }
}
