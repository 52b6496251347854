internal import GRDB
internal import Glibc

/// A SQLite file that keeps the rounds of many runs.
///
/// Two tables: `runs`, a row a run, and `rounds`, a row a round with all columns of the results under their own names.
/// Runs that append at once wait for each other; each is one transaction, so that a run is there whole or not at all.
public struct History: Sendable {
    private let queue: DatabaseQueue
    /// As it was named.
    public let path: String
    private let patience: Double
    /// What its columns are called.
    let layout: HistoryLayout

    /// Opens a history and checks that it is whole, and one.
    ///
    /// - Parameters:
    ///   - path: of the file.
    ///   - layout: what its columns are called.
    ///   - creating: whether to append to it; then it is made where it is missing, and must be writable.
    public init(path: String, _ layout: HistoryLayout, creating: Bool) throws(HistoryError) {
        try self.init(path: path, layout, creating: creating, patience: 30)
    }

    /// - Parameter patience: seconds to wait for others that have it locked.
    package init(path: String, _ layout: HistoryLayout, creating: Bool, patience: Double) throws(HistoryError) {
        if path.isEmpty { throw HistoryError("a history needs a file's name, and none is given") }
        self.path = path
        self.patience = patience
        self.layout = layout
        // SQLite gives some names a meaning of their own: `:memory:`, `file:…`.
        let file = path.hasPrefix("/") ? path : "./\(path)"
        let found = try HistoryFileKind.look(file)
        switch found.kind {
        // SQLite takes what is shorter than its shortest page for a database to be.
        case .file where found.bytes < 512: throw HistoryError(HistoryError.noDatabase(path))
        case .file: break
        case .missing where creating:
            try HistorySchema.create(file, layout, name: path, patience: patience)
            if case .missing = try HistoryFileKind.look(file).kind {
                throw HistoryError("the history \(path) is a link that leads nowhere; remove it, or name a file")
            }
        case .missing: throw HistoryError(errno: ENOENT, doing: "open", path: path)
        case .empty:
            throw HistoryError(
                "the history \(path) is an empty file, no history that may have been lost; remove it to begin a new one"
            )
        case .other(let what): throw HistoryError("the history \(path) is \(what); name a file")
        }
        if unsafe access(file, R_OK) != 0 { throw HistoryError(errno: errno, doing: "read", path: path) }
        var configuration = Configuration()
        configuration.busyMode = .timeout(patience)
        configuration.label = "history"
        // What may not be written can be read all the same; a journal that a killed writer left has to be rolled back.
        let isWritable = unsafe access(file, W_OK) == 0
        configuration.readonly = !creating && !isWritable
        do {
            queue = try DatabaseQueue(path: file, configuration: configuration)
            try queue.read { try HistorySchema.check($0, layout, path: path) }
            if creating { try Self.tryWriting(queue) }
        } catch { throw HistoryError(error, doing: "open", path: path, patience: patience) }
    }

    /// Writes and takes it back: a file or folder that may not be written is found before hours are spent.
    private static func tryWriting(_ queue: DatabaseQueue) throws {
        try queue.inTransaction(.immediate) { database in
            try database.execute(sql: "PRAGMA user_version = \(HistorySchema.version)")
            return .rollback
        }
    }

    /// Appends rounds in one transaction, or none of them.
    ///
    /// - Parameters:
    ///   - command: what was called.
    ///   - commit: what was measured, if that is known.
    ///   - columns: names, of which those of the layout, and the run's `run_id` and `started_at`, must be there.
    ///     Those that the file lacks are added to it.
    ///   - rows: a value for each column.
    public func append(command: String, commit: String? = nil, columns: [String], rows: [[HistoryValue]])
        throws(HistoryError)
    {
        let places = Dictionary(columns.enumerated().map { ($1, $0) }, uniquingKeysWith: { first, _ in first })
        for name in layout.required + layout.runColumns where places[name] == nil {
            throw HistoryError("cannot append to the history \(path): rows without a \(name) cannot be told apart")
        }
        if places.count != columns.count || rows.contains(where: { $0.count != columns.count }) {
            throw HistoryError("cannot append to the history \(path): rows and columns do not match")
        }
        if rows.isEmpty { return }
        do {
            try queue.inTransaction(.immediate) { database in
                // Another program may have changed the layout since.
                try HistorySchema.checkVersion(database, path: path)
                try HistorySchema.widen(database, layout, to: columns)
                try insertRuns(database, rows, places, command: command, commit: commit)
                try insertRounds(database, rows, columns)
                return .commit
            }
        } catch let error as DatabaseError where error.resultCode == .SQLITE_CONSTRAINT {
            let run = rows[0][places["run_id"] ?? 0].text ?? "-"
            throw HistoryError(
                "cannot append to the history \(path): it holds rounds of the run \(run) already; nothing was appended")
        } catch { throw HistoryError(error, doing: "append to", path: path, patience: patience) }
    }

    private func insertRuns(
        _ database: Database, _ rows: [[HistoryValue]], _ places: [String: Int], command: String, commit: String?
    ) throws {
        func value(_ row: [HistoryValue], _ name: String) -> HistoryValue { places[name].map { row[$0] } ?? .null }
        let runs = Dictionary(grouping: rows) { value($0, "run_id") }
        for (_, rounds) in runs {
            // A run began when the first of its rounds did.
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
