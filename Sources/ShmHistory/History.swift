internal import GRDB
internal import Glibc

/// A SQLite file that keeps the rounds of many runs.
///
/// It has two tables: `runs`, with a row per run, and `rounds`, with a row per round and all columns of the results
/// under their own names. Concurrent writers wait for each other; each append is one transaction, so a run is stored
/// completely or not at all.
public struct History: Sendable {
    private let queue: DatabaseQueue
    /// The path, as the user gave it.
    public let path: String
    private let patience: Double
    /// What its columns are called.
    let layout: HistoryLayout

    /// Opens a history, and checks that it is a complete history.
    ///
    /// - Parameters:
    ///   - path: the path of the file.
    ///   - layout: what its columns are called.
    ///   - creating: whether to append to it: it is then created if it is missing, and must be writable.
    public init(path: String, _ layout: HistoryLayout, creating: Bool) throws(HistoryError) {
        try self.init(path: path, layout, creating: creating, patience: 30)
    }

    /// - Parameter patience: seconds to wait while another program has it locked.
    package init(path: String, _ layout: HistoryLayout, creating: Bool, patience: Double) throws(HistoryError) {
        if path.isEmpty { throw HistoryError("cannot open a history: its path is empty; name a file") }
        self.path = path
        self.patience = patience
        self.layout = layout
        // SQLite treats some names specially: `:memory:`, `file:…`.
        let file = path.hasPrefix("/") ? path : "./\(path)"
        let found = try HistoryFileKind.look(file)
        switch found.kind {
        // SQLite takes a file shorter than its smallest page for a new database.
        case .file where found.bytes < 512: throw HistoryError(HistoryError.noDatabase(path))
        case .file: break
        case .missing where creating:
            try HistorySchema.create(file, layout, name: path, patience: patience)
            if case .missing = try HistoryFileKind.look(file).kind {
                throw HistoryError(
                    "the history \(path) is a link to a file that does not exist; remove it, or name another file")
            }
        case .missing:
            throw HistoryError(
                "the history \(path) does not exist; name one that `shmbench run --history FILE` has written")
        case .empty:
            throw HistoryError("the history \(path) is an empty file; remove it to start a new history")
        case .other(let what): throw HistoryError("the history \(path) is \(what); name a file")
        }
        if unsafe access(file, R_OK) != 0 { throw HistoryError(errno: errno, doing: "read", path: path) }
        var configuration = Configuration()
        configuration.busyMode = .timeout(patience)
        configuration.label = "history"
        // A file that is not writable is opened read-only. A writable file is not, even for reading: a killed writer's
        // journal must be rolled back.
        let isWritable = unsafe access(file, W_OK) == 0
        configuration.readonly = !creating && !isWritable
        do {
            queue = try DatabaseQueue(path: file, configuration: configuration)
            try queue.read { try HistorySchema.check($0, layout, path: path) }
            if creating { try Self.tryWriting(queue) }
        } catch { throw HistoryError(error, doing: "open", path: path, patience: patience) }
    }

    /// Tests that the file and its folder are writable, with a write that is rolled back, before a long run starts.
    private static func tryWriting(_ queue: DatabaseQueue) throws {
        try queue.inTransaction(.immediate) { database in
            try database.execute(sql: "PRAGMA user_version = \(HistorySchema.version)")
            return .rollback
        }
    }

    /// Appends rounds in one transaction, or none of them.
    ///
    /// - Parameters:
    ///   - command: the command line.
    ///   - commit: the measured commit, if it is known.
    ///   - columns: names, of which those of the layout, and the run's `run_id` and `started_at`, must be there.
    ///     Those that the file lacks are added to it.
    ///   - rows: a value for each column.
    public func append(command: String, commit: String? = nil, columns: [String], rows: [[HistoryValue]])
        throws(HistoryError)
    {
        let places = Dictionary(columns.enumerated().map { ($1, $0) }, uniquingKeysWith: { first, _ in first })
        for name in layout.required + layout.runColumns where places[name] == nil {
            throw HistoryError("cannot append to the history \(path): the rounds have no column \(name)")
        }
        if places.count != columns.count || rows.contains(where: { $0.count != columns.count }) {
            throw HistoryError("cannot append to the history \(path): its rows and columns do not match")
        }
        if rows.isEmpty { return }
        do {
            try queue.inTransaction(.immediate) { database in
                // Another program may have changed the schema since.
                try HistorySchema.checkVersion(database, path: path)
                try HistorySchema.widen(database, layout, to: columns)
                try insertRuns(database, rows, places, command: command, commit: commit)
                try insertRounds(database, rows, columns)
                return .commit
            }
        } catch let error as DatabaseError where error.resultCode == .SQLITE_CONSTRAINT {
            let run = rows[0][places["run_id"] ?? 0].text ?? "-"
            throw HistoryError(
                "cannot append to the history \(path): it already has rounds of the run \(run); nothing was appended")
        } catch { throw HistoryError(error, doing: "append to", path: path, patience: patience) }
    }

    private func insertRuns(
        _ database: Database, _ rows: [[HistoryValue]], _ places: [String: Int], command: String, commit: String?
    ) throws {
        func value(_ row: [HistoryValue], _ name: String) -> HistoryValue { places[name].map { row[$0] } ?? .null }
        let runs = Dictionary(grouping: rows) { value($0, "run_id") }
        for (_, rounds) in runs {
            // A run starts with the first of its rounds.
            guard
                let first = rounds.min(by: {
                    (value($0, "started_at").text ?? "") < (value($1, "started_at").text ?? "")
                })
            else { continue }
            let names = layout.runColumns.map(HistorySchema.quoted) + ["command", "commit_id"]
            let facts = layout.runColumns.map { value(first, $0).databaseValue }
            try database.execute(
                sql: """
                    INSERT INTO runs (\(names.joined(separator: ", ")))
                    VALUES (\(names.map { _ in "?" }.joined(separator: ", "))) ON CONFLICT (run_id) DO NOTHING
                    """,
                arguments: StatementArguments(facts + [command.databaseValue, commit?.databaseValue ?? .null]))
        }
    }

    private func insertRounds(_ database: Database, _ rows: [[HistoryValue]], _ columns: [String]) throws {
        let names = columns.map(HistorySchema.quoted).joined(separator: ", ")
        let marks = columns.map { _ in "?" }.joined(separator: ", ")
        let statement = try database.makeStatement(sql: "INSERT INTO rounds (\(names)) VALUES (\(marks))")
        for row in rows { try statement.execute(arguments: StatementArguments(row.map(\.databaseValue))) }
    }

    /// Reads in one transaction.
    func read<Result>(_ body: (Database) throws -> Result) throws(HistoryError) -> Result {
        do { return try queue.read(body) } catch {
            throw HistoryError(error, doing: "read", path: path, patience: patience)
        }
    }
}
