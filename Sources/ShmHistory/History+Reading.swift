internal import GRDB

/// One run of a history.
public struct HistoryRun: Sendable, Hashable {
    /// Unlike any other's.
    public let id: String
    /// ISO 8601, UTC.
    public let startedAt: String
    /// What was called.
    public let command: String
    /// Of the program that measured.
    public let toolVersion: String?
    /// Where it ran.
    public let hostname: String?
    /// Its release.
    public let kernel: String?
    /// As the CPU calls itself.
    public let cpuModel: String?
    /// Those that the run might use.
    public let cpus: Int?
    /// What was measured, where that was told.
    public let commit: String?
    /// Locks under a load.
    public let cells: Int
    /// All of its rows.
    public let rounds: Int
}

extension History {
    /// All runs, oldest first.
    public func runs() throws(HistoryError) -> [HistoryRun] {
        try read { database in
            try HistorySchema.checkReferences(database, path: path)
            // Before the first run there are no rounds; the unit separator is in no name.
            let count =
                try HistorySchema.columns(database).isEmpty
                ? ""
                : """
                LEFT JOIN (SELECT run_id, count(*) AS rounds, count(DISTINCT scenario || char(31) || lock || char(31) || workers
                || char(31) || arrivals || char(31) || coalesce(rate_per_s, 0)) AS cells FROM rounds GROUP BY run_id) USING (run_id)
                """
            let counted =
                count.isEmpty ? "0 AS cells, 0 AS rounds" : "coalesce(cells, 0) AS cells, coalesce(rounds, 0) AS rounds"
            return try GRDB.Row.fetchAll(
                database, sql: "SELECT runs.*, \(counted) FROM runs \(count) ORDER BY started_at, runs.rowid"
            ).map { row in
                // What another program wrote there may be of any type.
                func value(_ name: String) -> HistoryValue { HistoryValue(row[name] ?? DatabaseValue.null) }
                let (id, startedAt) = (value("run_id").text ?? "-", value("started_at").text ?? "-")
                guard HistorySchema.isTime(startedAt) else {
                    throw HistoryError(
                        HistoryError.damaged(path, "the run \(id) started at \(startedAt.debugDescription)"))
                }
                return HistoryRun(
                    id: id, startedAt: startedAt,
                    command: value("command").text ?? "-", toolVersion: value("tool_version").text,
                    hostname: value("hostname").text, kernel: value("kernel").text, cpuModel: value("cpu_model").text,
                    cpus: value("cpus").integer.map { Int($0) }, commit: value("commit_id").text, cells: row["cells"],
                    rounds: row["rounds"])
            }
        }
    }

    /// The columns that its rounds have.
    public func columns() throws(HistoryError) -> [String] { try read { try HistorySchema.columns($0) } }

    /// Rounds, in the order in which they were appended.
    ///
    /// - Parameters:
    ///   - columns: which values to read, `rowid` among them; one that the file does not have is ``HistoryValue/null``.
    ///   - wanted: for some columns, the values that are let through.
    public func rounds(_ columns: [String], where wanted: [String: [HistoryValue]] = [:]) throws(HistoryError)
        -> [[HistoryValue]]
    {
        try read { database in
            let known = Set(try HistorySchema.columns(database))
            if known.isEmpty { return [] }
            let names = columns.map { known.contains($0) || $0 == "rowid" ? HistorySchema.quoted($0) : "NULL" }
            var conditions: [String] = []
            var arguments: [DatabaseValue] = []
            for (name, values) in wanted {
                guard known.contains(name) else { return [] }
                conditions.append(
                    "\(HistorySchema.quoted(name)) IN (\(values.map { _ in "?" }.joined(separator: ", ")))")
                arguments += values.map(\.databaseValue)
            }
            let filter = conditions.isEmpty ? "" : "WHERE " + conditions.joined(separator: " AND ")
            let sql = "SELECT \(names.joined(separator: ", ")) FROM rounds \(filter) ORDER BY rowid"
            return try GRDB.Row.fetchAll(database, sql: sql, arguments: StatementArguments(arguments)).map { row in
                row.databaseValues.map { HistoryValue($0) }
            }
        }
    }
}
