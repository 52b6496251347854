internal import ArgumentParser
internal import ShmRecord

/// `--history`: the file to which measured rows are appended.
struct HistoryOption: ParsableArguments {
    @Option(
        help: ArgumentHelp(
            "SQLite file to which the rows are appended, for `shmbench history`. It is created if it does not exist.",
            valueName: "file"))
    var history: String?

    @Option(
        help: ArgumentHelp(
            "Label of this run in the history, usually a commit. (default: the environment's GITHUB_SHA, if set)",
            valueName: "text"))
    var commit: String?

    /// Refuses a history that is also another option's file, and a label without a history.
    ///
    /// - Parameter files: the other files that the command writes, with their options.
    func check(beside files: [(option: String, path: String?)]) throws {
        if let history, let other = files.first(where: { $0.path.map { SameFile.isSame($0, history) } ?? false }) {
            throw Failure(
                "--history and \(other.option) name the same file, \(history): give each a file of its own",
                code: .usage)
        }
        if commit != nil && history == nil {
            throw Failure.missing("--history", for: "--commit", "add `--history FILE`, or leave out --commit")
        }
    }

    /// Opens it, if there is one.
    func open() throws -> HistoryFile? { try history.map { try HistoryFile($0, commit: commit) } }
}

extension HistoryFile {
    /// Appends what other processes measured. A failure sets the exit code only if the findings do not.
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
