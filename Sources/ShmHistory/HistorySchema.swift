internal import GRDB
internal import Glibc

/// How a history is laid out, and how one comes to be.
enum HistorySchema {
    /// Raised when an older program would misread the file; columns that are added to `rounds` do not raise it.
    static let version = 1
    /// "shmb": marks the file as one of ours (SQLite's application_id).
    static let applicationID = 0x73_68_6D_62

    /// Makes the file, complete or not at all: an empty file at the path is never a history that somebody is about to
    /// fill. Of two that create at once, one wins.
    ///
    /// - Parameter name: what the user calls it.
    static func create(_ path: String, _ layout: HistoryLayout, name: String, patience: Double) throws(HistoryError) {
        // No other process has this name, in this PID namespace or another.
        let draft = "\(path).new-\(String(UInt64.random(in: 0 ... .max), radix: 36))"
        let descriptor = unsafe open(draft, O_CREAT | O_EXCL | O_RDWR | O_CLOEXEC, 0o644)
        if descriptor < 0 { throw HistoryError(errno: errno, doing: "make", path: name) }
        close(descriptor)
        defer { unsafe unlink(draft) }
        do {
            // A rollback journal, SQLite's default, and not a write-ahead log: that needs memory shared between its
            // users, which network and overlay file systems lack, and two more files beside this one. Runs append
            // seldom, and a run waits for its turn.
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
        } catch { throw HistoryError(error, doing: "make", path: name, patience: patience) }
        if unsafe link(draft, path) == 0 || errno == EEXIST { return }
        // A file system without hard links: who makes an empty file has the name, and nothing else is replaced.
        let claim = unsafe open(path, O_CREAT | O_EXCL | O_WRONLY | O_CLOEXEC, 0o644)
        if claim < 0 && errno == EEXIST { return }
        if claim >= 0 { close(claim) }
        if unsafe claim < 0 || rename(draft, path) != 0 {
            throw HistoryError(errno: errno, doing: "make", path: name)
        }
    }

    /// Refuses what is not whole, not ours, or newer than this program.
    static func check(_ database: Database, _ layout: HistoryLayout, path: String) throws {
        // A file that lost its end may still look whole to SQLite, which fills up the last page.
        let page = try Int.fetchOne(database, sql: "PRAGMA page_size") ?? 0
        let pages = try Int.fetchOne(database, sql: "PRAGMA page_count") ?? 0
        let bytes = try HistoryFileKind.look(path).bytes
        if try Int.fetchOne(database, sql: "PRAGMA application_id") != applicationID {
            throw HistoryError("\(path) is a SQLite file, but no history of shmbench; name another file")
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

    /// Refuses rounds of runs that are not there: SQLite's own check does not look for these.
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

    /// As ISO 8601 writes it, in UTC: 2026-01-02T03:04:05Z.
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

    /// Gives `rounds` the columns that it lacks. They have no type: values stay what they were when they came.
    static func widen(_ database: Database, _ layout: HistoryLayout, to columns: [String]) throws {
        let known = try self.columns(database)
        if known.isEmpty {
            let list = columns.map { name in
                name == "run_id" ? "run_id TEXT NOT NULL REFERENCES runs (run_id)" : quoted(name)
            }
            try database.execute(sql: "CREATE TABLE rounds (\(list.joined(separator: ", ")))")
            // In a unique index, SQLite takes two NULLs for different values.
            let key = layout.roundKey.filter(columns.contains).map {
                layout.optional.contains($0) ? "coalesce(\(quoted($0)), 0)" : quoted($0)
            }
            try database.execute(
                sql: "CREATE UNIQUE INDEX rounds_once ON rounds (\(key.joined(separator: ", ")))")
        } else {
            for name in columns where !known.contains(name) {
                try database.execute(sql: "ALTER TABLE rounds ADD COLUMN \(quoted(name))")
            }
        }
    }

    /// Of `rounds`, in their order; none before the first run.
    static func columns(_ database: Database) throws -> [String] {
        try String.fetchAll(database, sql: "SELECT name FROM pragma_table_info('rounds') ORDER BY cid")
    }

    static func quoted(_ name: String) -> String {
        "\"" + name.split(separator: "\"", omittingEmptySubsequences: false).joined(separator: "\"\"") + "\""
    }
}
