internal import GRDB

/// One run of a history.
public struct HistoryRun: Sendable, Hashable {
    /// Unlike any other's.
    public let id: String
    /// ISO 8601, UTC.
    public let startedAt: String
    /// What was called.
    public let command: String
    /// What was measured, where that was told.
    public let commit: String?
    /// Locks under a load.
    public let cells: Int
    /// All of its rows.
    public let rounds: Int
    private let facts: [String: HistoryValue]

    init(
        id: String, startedAt: String, command: String, commit: String?, cells: Int, rounds: Int,
        facts: [String: HistoryValue]
    ) {
        self.id = id
        self.startedAt = startedAt
        self.command = command
        self.commit = commit
        self.cells = cells
        self.rounds = rounds
        self.facts = facts
    }

    /// Where it took place: one of the layout's ``HistoryLayout/environment``.
    public subscript(_ fact: String) -> HistoryValue { facts[fact] ?? .null }
}

extension History {
    /// All runs, oldest first.
    public func runs() throws(HistoryError) -> [HistoryRun] {
        try read { database in
            try HistorySchema.checkReferences(database, path: path)
            // Before the first run there are no rounds; the unit separator is in no name.
            let known = try HistorySchema.columns(database)
            let cell = layout.cell.filter(known.contains).map { "coalesce(\(HistorySchema.quoted($0)), 0)" }
            let count =
                known.isEmpty
                ? ""
                : """
                LEFT JOIN (SELECT run_id, count(*) AS rounds, count(DISTINCT \(cell.joined(separator: " || char(31) || ")))
                AS cells FROM rounds GROUP BY run_id) USING (run_id)
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
                    id: id, startedAt: startedAt, command: value("command").text ?? "-",
                    commit: value("commit_id").text,
                    cells: row["cells"], rounds: row["rounds"],
                    facts: layout.environment.reduce(into: [:]) { $0[$1.name] = value($1.name) })
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
