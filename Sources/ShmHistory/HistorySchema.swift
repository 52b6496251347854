internal import GRDB
internal import Glibc

/// The schema of a history, and its creation.
enum HistorySchema {
    /// The version is raised if an older program would misread the file, not for columns that are added to `rounds`.
    static let version = 1
    /// "shmb": marks the file as one of ours (SQLite's application_id).
    static let applicationID = 0x73_68_6D_62

    /// Creates the file completely or not at all: an empty file at the path is never a history in creation. If two
    /// programs create it at once, one wins.
    ///
    /// - Parameter name: the path, as the user gave it.
    static func create(_ path: String, _ layout: HistoryLayout, name: String, patience: Double) throws(HistoryError) {
        // The name is unique, also among processes of other PID namespaces.
        let draft = "\(path).new-\(String(UInt64.random(in: 0 ... .max), radix: 36))"
        let descriptor = unsafe open(draft, O_CREAT | O_EXCL | O_RDWR | O_CLOEXEC, 0o644)
        if descriptor < 0 { throw HistoryError(errno: errno, doing: "create", path: name) }
        close(descriptor)
        defer { unsafe unlink(draft) }
        do {
            // The journal mode is SQLite's default, a rollback journal. A write-ahead log needs memory shared between
            // its users, which network and overlay file systems lack, and two more files. Runs append seldom, and can
            // wait for each other.
            let queue = try DatabaseQueue(path: draft)
            let facts = layout.environment.map { "\(quoted($0.name)) \($0.isText ? "TEXT" : "INTEGER")" }
            try queue.inTransaction(.immediate) { database in
                try database.execute(
                    sql: """
                        PRAGMA application_id = \(applicationID);
                        PRAGMA user_version = \(version);
                        CREATE TABLE runs (
                            run_id TEXT PRIMARY KEY NOT NULL, started_at TEXT NOT NULL, command TEXT NOT NULL,
                            \(facts.joined(separator: ", ")), commit_id TEXT);
                        """)
                return .commit
            }
            try queue.close()
        } catch { throw HistoryError(error, doing: "create", path: name, patience: patience) }
        if unsafe link(draft, path) == 0 || errno == EEXIST { return }
        // On a file system without hard links, creating an empty file exclusively reserves the name; nothing else is replaced.
        let claim = unsafe open(path, O_CREAT | O_EXCL | O_WRONLY | O_CLOEXEC, 0o644)
        if claim < 0 && errno == EEXIST { return }
        if claim >= 0 { close(claim) }
        if unsafe claim < 0 || rename(draft, path) != 0 {
            throw HistoryError(errno: errno, doing: "create", path: name)
        }
    }

    /// Refuses a file that is incomplete, of another program, or newer than this one.
    static func check(_ database: Database, _ layout: HistoryLayout, path: String) throws {
        // SQLite pads the last page, so it does not detect a truncated file.
        let page = try Int.fetchOne(database, sql: "PRAGMA page_size") ?? 0
        let pages = try Int.fetchOne(database, sql: "PRAGMA page_count") ?? 0
        let bytes = try HistoryFileKind.look(path).bytes
        if try Int.fetchOne(database, sql: "PRAGMA application_id") != applicationID {
            throw HistoryError("\(path) is a SQLite file, but not a history of shmbench; name another file")
        }
        if page > 0 && (bytes % page != 0 || bytes < page * pages) {
            throw HistoryError(HistoryError.damaged(path, "\(bytes) bytes are not \(pages) pages of \(page)"))
        }
        try checkVersion(database, path: path)
        let finding = try String.fetchOne(database, sql: "PRAGMA quick_check(1)") ?? "nothing to check"
        if finding != "ok" { throw HistoryError(HistoryError.damaged(path, finding)) }
        if try !database.tableExists("runs") { throw HistoryError(HistoryError.damaged(path, "no table of runs")) }
        let columns = try columns(database)
        if let missing = columns.isEmpty ? nil : layout.required.first(where: { !columns.contains($0) }) {
            throw HistoryError(HistoryError.damaged(path, "its rounds have no column `\(missing)`"))
        }
    }

    /// Refuses rounds without a run, which SQLite's own check does not detect.
    static func checkReferences(_ database: Database, path: String) throws {
        if try columns(database).isEmpty { return }
        let orphan = try String.fetchOne(
            database, sql: "SELECT run_id FROM rounds WHERE run_id NOT IN (SELECT run_id FROM runs) LIMIT 1")
        if let orphan {
            throw HistoryError(
                HistoryError.damaged(
                    path, "the run \(orphan.debugDescription) has rounds and is not in the table of runs"))
        }
    }

    /// Whether a text is an ISO 8601 time in UTC, such as 2026-01-02T03:04:05Z.
    static func isTime(_ text: String) -> Bool {
        let pattern = Array("0000-00-00T00:00:00Z")
        return text.count == pattern.count
            && zip(text, pattern).allSatisfy { $1 == "0" ? $0.isASCII && $0.isNumber : $0 == $1 }
    }

    static func checkVersion(_ database: Database, path: String) throws {
        let found = try Int.fetchOne(database, sql: "PRAGMA user_version") ?? 0
        if found > version {
            throw HistoryError(
                "the history \(path) was written by a newer shmbench (its schema is \(found), this one knows \(version)); use that one, or name another file"
            )
        }
        if found < 1 {
            throw HistoryError(
                "the history \(path) has the schema \(found), which no shmbench wrote; name another file")
        }
    }

    /// Adds missing columns to `rounds`. They have no type affinity, so values keep their type.
    static func widen(_ database: Database, _ layout: HistoryLayout, to columns: [String]) throws {
        let known = try self.columns(database)
        if known.isEmpty {
            let list = columns.map { name in
                name == "run_id" ? "run_id TEXT NOT NULL REFERENCES runs (run_id)" : quoted(name)
            }
            try database.execute(sql: "CREATE TABLE rounds (\(list.joined(separator: ", ")))")
            try index(database, layout, columns)
        } else {
            let added = columns.filter { !known.contains($0) }
            for name in added { try database.execute(sql: "ALTER TABLE rounds ADD COLUMN \(quoted(name))") }
            if added.contains(where: layout.roundKey.contains) {
                // Cells that differ in a new parameter alone are different cells.
                try database.execute(sql: "DROP INDEX IF EXISTS rounds_once")
                try index(database, layout, known + added)
            }
        }
    }

    /// Allows each round once.
    private static func index(_ database: Database, _ layout: HistoryLayout, _ columns: [String]) throws {
        // In a unique index, SQLite takes two NULLs for different values.
        let key = layout.roundKey.filter(columns.contains).map {
            layout.optional.contains($0) ? "coalesce(\(quoted($0)), 0)" : quoted($0)
        }
        try database.execute(sql: "CREATE UNIQUE INDEX rounds_once ON rounds (\(key.joined(separator: ", ")))")
    }

    /// The columns of `rounds`, in order; empty before the first run.
    static func columns(_ database: Database) throws -> [String] {
        try String.fetchAll(database, sql: "SELECT name FROM pragma_table_info('rounds') ORDER BY cid")
    }

    static func quoted(_ name: String) -> String {
        "\"" + name.split(separator: "\"", omittingEmptySubsequences: false).joined(separator: "\"\"") + "\""
    }
}
