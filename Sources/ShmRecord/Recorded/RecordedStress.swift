package import ShmCoordinator
package import ShmCore

/// The results of stress tests in files.
package struct RecordedStress {
    package let results: [StressResult]
    /// The seed of the test.
    package let seed: UInt64
    package let workers: Int
    package let files: [RecordedRows]

    /// - Parameter texts: the names and contents of the files.
    package init(_ texts: [(path: String, text: String)]) throws {
        let files = try Self.files(texts)
        try self.init(files.flatMap(\.rows), files)
    }

    /// The results of each machine, of which each may have a seed of its own. One with two kernels counts as two.
    ///
    /// - Parameter texts: the names and contents of the files.
    package static func machines(
        _ texts: [(path: String, text: String)]
    ) throws -> [(name: String, stress: RecordedStress)] {
        let files = try files(texts)
        let rows = files.flatMap(\.rows)
        try rows.refuse(different: ["workers"])
        return try rows.byMachine.map { ($0.name, try RecordedStress($0.rows, files)) }
    }

    private static func files(_ texts: [(path: String, text: String)]) throws -> [RecordedRows] {
        try texts.map { path, text in
            try RecordedRows(text, path: path, StressColumn.all, schema: StressColumn.schema, of: "stress")
        }
    }

    private init(_ rows: [RecordedRows.Row], _ files: [RecordedRows]) throws {
        self.files = files
        try rows.refuse(repeated: ["lock", "fault"])
        try rows.refuse(different: ["workers", "seed"])
        guard let seed = UInt64(rows[0].text("seed")) else {
            throw rows[0].invalid("seed", expected: "a whole number of at least 0")
        }
        self.seed = seed
        workers = rows[0].count("workers")
        results = try rows.map(StressResult.init)
    }

    package var kinds: [LockKind] { results.map(\.lock).uniqued() }
    package var faults: [Fault] {
        let found = Set(results.map(\.fault))
        return Fault.allCases.filter(found.contains)
    }
}

extension StressResult {
    fileprivate init(_ row: RecordedRows.Row) throws {
        guard let fault = Fault.allCases.first(where: { $0.name == row.text("fault") }) else {
            throw row.invalid("fault", expected: "a fault of this version (`shmbench stress --help`)")
        }
        self.init(try LockKind(row), fault)
        (episodes, kills, hangs) = (row.count("episodes"), row.count("kills"), row.count("hangs"))
        (corruptions, stalls, discarded) = (
            row.count("corruptions"), row.count("stalls"), row.count("discarded_episodes")
        )
        repaired = UInt64(row.count("tolerated_half_updates"))
        (reportedDeaths, unreportedDeaths) = (UInt64(row.count("told_deaths")), UInt64(row.count("untold_deaths")))
        duration = UInt64(min(1e15, (row["duration_s"].number ?? 0) * 1e9))
        recovery = TimeDistribution(
            count: UInt64(row.count("recoveries")),
            [(50, row.time("recovery_p50_ns")), (99, row.time("recovery_p99_ns"))], longest: row.time("recovery_max_ns")
        )
        reaping = TimeDistribution(
            count: 0, [(50, row.time("reaping_p50_ns")), (99, row.time("reaping_p99_ns"))], longest: nil)
        for exercise in Exercise.allCases { exercises.add(exercise, UInt64(row.count(exercise.column))) }
        exercises.breach(fault.exercise ?? .lock, times: UInt64(row.count("breaches")))
        if row.text("verdict") == "n/a" { obstacle = Self.reason(row, fault) }
        recall(row.text("finding"))
        if StressColumn.all["verdict"].value(
            StressRow.rows([self], missing: [], StressConditions(startedAt: 0, seed: 0, workers: 0))[0]
        ).text
            != row.text("verdict")
        {
            throw row.invalid("verdict", expected: "the verdict that follows from the figures of the row")
        }
    }

    /// Why a fault was not possible.
    private static func reason(_ row: RecordedRows.Row, _ fault: Fault) -> String {
        let name = "\(fault.exercise?.name ?? ""): "
        let reason = row.text("not_exercised").split(separator: "; ").first { $0.hasPrefix(name) }
        return reason.map { String($0.dropFirst(name.count)) } ?? "not possible on the machine of the test"
    }
}
