internal import ArgumentParser
internal import ShmRecord

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
    ///
    /// - Parameter files: others that are written.
    func check(beside files: [String]) throws {
        if let history, files.contains(where: { $0 == history || SameFile.isSame($0, history) }) {
            throw Failure("--history \(history) is another file's name, too: give each its own", code: .usage)
        }
        if commit != nil && history == nil {
            throw Failure("--commit is kept in a history: it needs a --history", code: .usage)
        }
    }

    /// Opens it, if there is to be one.
    func open() throws -> HistoryFile? { try history.map { try HistoryFile($0, commit: commit) } }
}

extension HistoryFile {
    /// Appends what other processes measured; that it cannot decides how the program ends only where nothing worse was found.
    func append(_ records: [Record], beside status: ExitStatus) throws {
        do { try append(records) } catch let failure as Failure where status != .ok {
            Terminal.complain(failure.message)
        }
    }

    /// Appends what other processes measured.
    func append(_ records: [Record]) throws {
        let names = ResultColumn.all.map(\.name)
        try append(columns: names, values: records.map { record in names.map(record.value) })
    }
}
