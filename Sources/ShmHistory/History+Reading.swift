internal import GRDB

/// One run of a history.
public struct HistoryRun: Sendable, Hashable {
    /// The run's unique id.
    public let id: String
    /// Start of the run, ISO 8601 in UTC.
    public let startedAt: String
    /// The command line.
    public let command: String
    /// The measured commit, if it was given.
    public let commit: String?
    /// The number of different cells among its rounds, by the columns of ``HistoryLayout/cell``; 0 without rounds.
    public let cells: Int
    /// The number of rounds of all its cells; 0 if it has none in the history.
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

    /// A fact about its machine: one of the layout's ``HistoryLayout/environment``.
    public subscript(_ fact: String) -> HistoryValue { facts[fact] ?? .null }
}

extension History {
    /// All runs, oldest first.
    public func runs() throws(HistoryError) -> [HistoryRun] {
        try read { database in
            try HistorySchema.checkReferences(database, path: path)
            // Before the first run there is no table `rounds`; no name contains the unit separator.
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
                // Another program may have written values of any type.
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

    /// The columns of `rounds`.
    public func columns() throws(HistoryError) -> [String] { try read { try HistorySchema.columns($0) } }

    /// Reads rounds in the order in which they were appended.
    ///
    /// - Parameters:
    ///   - columns: the columns to read, which may include `rowid`; a column that the file lacks reads as ``HistoryValue/null``.
    ///   - wanted: for some columns, the values to select.
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
