internal import ArgumentParser

/// `--history`: a file that what was measured is appended to.
struct HistoryOption: ParsableArguments {
    @Option(
        help: ArgumentHelp(
            "A SQLite file that the rows are appended to, for `shmbench history`; made where it is missing.",
            valueName: "file"))
    var history: String?

    @Option(
        help: ArgumentHelp(
            "What is measured, for the history. (default: GITHUB_SHA of the environment, if set)", valueName: "text"))
    var commit: String?

    /// Refuses what makes no sense, saying what does.
    func check() throws {
        if commit != nil && history == nil {
            throw Failure("--commit is kept in a history: it needs a --history", code: .usage)
        }
    }

    /// Opens it, if there is to be one.
    func open() throws -> HistoryFile? { try history.map { try HistoryFile($0, commit: commit) } }
}

extension HistoryFile {
    /// Appends what other processes measured.
    ///
    /// - Parameter command: what was called; this program's arguments where nothing else is said.
    func append(_ records: [Record], command: String = called) throws {
        let names = ResultColumn.all.map(\.name)
        try append(command: command, columns: names, values: records.map { record in names.map(record.value) })
    }
}
