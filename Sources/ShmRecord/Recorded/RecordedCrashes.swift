package import ShmCoordinator
internal import ShmCore
internal import ShmHarness

/// The results of crash tests in files.
package struct RecordedCrashes {
    package let results: [CrashResult]
    package let conditions: CrashConditions
    package let files: [RecordedRows]

    /// - Parameter texts: the names and contents of the files.
    package init(_ texts: [(path: String, text: String)]) throws {
        let files = try Self.files(texts)
        try self.init(files.flatMap(\.rows), files)
    }

    /// The results of each machine. One with two kernels counts as two.
    ///
    /// - Parameter texts: the names and contents of the files.
    package static func machines(
        _ texts: [(path: String, text: String)]
    ) throws -> [(name: String, crashes: RecordedCrashes)] {
        let files = try files(texts)
        let rows = files.flatMap(\.rows)
        try rows.refuse(different: ["workers", "every"])
        return try rows.byMachine.map { ($0.name, try RecordedCrashes($0.rows, files)) }
    }

    private static func files(_ texts: [(path: String, text: String)]) throws -> [RecordedRows] {
        try texts.map { path, text in
            try RecordedRows(text, path: path, CrashColumn.all, schema: CrashColumn.schema, of: "crash")
        }
    }

    private init(_ rows: [RecordedRows.Row], _ files: [RecordedRows]) throws {
        self.files = files
        try rows.refuse(repeated: ["lock"])
        try rows.refuse(different: ["workers", "every"])
        let results = try rows.map(CrashResult.init)
        self.results = results
        // The paths that were asked for: those that were tested, and those that the test did not reach.
        let requested = CrashPath.allCases.filter { path in
            zip(rows, results).contains { row, result in
                if result.paths.contains(where: { $0.path == path }) { return true }
                let left = row.text("not_exercised").split(separator: "; ").first { $0.hasPrefix("\(path.name): ") }
                return left.map { !$0.hasSuffix(CrashResult.leftOut) } ?? false
            }
        }
        conditions = CrashConditions(
            workers: rows[0].count("workers"), every: rows[0].count("every"), paths: requested)
    }
}

extension CrashResult {
    /// The result in a row. The tallies of its paths are unknown but for their instructions.
    fileprivate init(_ row: RecordedRows.Row) throws {
        let lock = try LockKind(row)
        self.init(lock: lock)
        if row.text("owner_death") != lock.properties.ownerDeath.rawValue {
            throw row.invalid(
                "owner_death",
                expected: "'\(lock.properties.ownerDeath.rawValue)', what \(lock) of this version promises")
        }
        paths = CrashPath.allCases.compactMap { path in
            guard case .integer(let instructions) = row[CrashColumn.instructionsColumn(path)] else { return nil }
            var tally = CrashTally()
            tally.instructions = instructions
            return (path, tally)
        }
        var total = CrashTally()
        (total.instructions, total.kills) = (row.count("instructions"), row.count("kills"))
        (total.hangs, total.corruptions) = (row.count("hangs"), row.count("corruptions"))
        (total.ownerDeaths, total.slowestRecovery) = (
            UInt64(row.count("owner_deaths")), row.time("slowest_recovery_ns")
        )
        recordedTotal = total
        isComplete = row.isTrue("complete")
        discarded = row.count("discarded_trials")
        if row.text("verdict") != words {
            throw row.invalid("verdict", expected: "'\(words)', which follows from the figures of the row")
        }
    }
}
