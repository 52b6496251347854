internal import ShmCoordinator
package import ShmRecord

extension Report {
    /// The document of `crash`, from its results files.
    package init(_ recorded: RecordedCrashes) {
        self.init(recorded.results, recorded.conditions)
        records = Self.records(recorded.files, CrashColumn.all, schema: CrashColumn.schema)
    }

    /// The document of `stress`, from its results files.
    package init(_ recorded: RecordedStress) {
        self.init(
            SurvivalMatrix(
                results: recorded.results.filter { $0.verdict != .untried }, kinds: recorded.kinds,
                faults: recorded.faults, startedAt: 0, seed: recorded.seed, workers: recorded.workers))
        records = Self.records(recorded.files, StressColumn.all, schema: StressColumn.schema)
    }

    /// The report if there is nothing to report.
    package static func nothingCrashed(_ failure: Failure) -> Report {
        nothing(failure, Records(schema: CrashColumn.schema, CrashColumn.all, []))
    }

    /// The report if there is nothing to report.
    package static func nothingStressed(_ failure: Failure) -> Report {
        nothing(failure, Records(schema: StressColumn.schema, StressColumn.all, []))
    }

    package static func nothing(_ failure: Failure, _ records: Records) -> Report {
        .failure(failure, of: "report", nothingWas: "reported", records: records)
    }

    /// The rows as they are in the files, since they say where and when they were measured.
    package static func records<Subject>(_ files: [RecordedRows], _ fields: [Field<Subject>], schema: Int) -> Records {
        let there = Set(files.flatMap(\.columns))
        let names = fields.map(\.name).filter(there.contains)
        return Records(schema: schema, names, files.flatMap { $0.values(names) })
    }
}
