package import ShmCompare
internal import ShmCoordinator
internal import ShmCore
internal import ShmHarness
package import ShmRecord

extension Report {
    /// The promises of crash tests on several machines.
    package init(_ machines: [(name: String, crashes: RecordedCrashes)], tasks: [MachineTask] = []) {
        let first = machines[0].crashes
        let paths = CrashPath.allCases.filter { path in machines.contains { $0.crashes.conditions.paths.contains(path) }
        }
        let conditions = CrashConditions(
            workers: first.conditions.workers, every: first.conditions.every, paths: paths)
        let results = machines.flatMap(\.crashes.results)
        var locks: Set<String> = []
        let request = CrashRequest(results.filter { locks.insert($0.lock.name).inserted }, conditions)
        self.init(
            "crash", PromiseMap(machines), tasks,
            requested: .object(CrashRequestColumn.all, request),
            warnings: machines.flatMap { name, crashes in
                CrashTable.warnings(crashes.results).map { Warning($0.code, "\(name): \($0.text)") }
            },
            Self.records(Self.distinct(machines.flatMap(\.crashes.files)), CrashColumn.all, schema: CrashColumn.schema))
    }

    /// The promises of stress tests on several machines.
    package init(_ machines: [(name: String, stress: RecordedStress)], tasks: [MachineTask] = []) {
        let first = machines[0].stress
        let request = StressRequest(
            locks: machines.flatMap(\.stress.kinds).uniqued(), faults: machines.flatMap(\.stress.faults).uniqued(),
            workers: first.workers, seed: first.seed)
        self.init(
            "stress", PromiseMap(machines), tasks, requested: .object(StressRequestColumn.all, request), warnings: [],
            Self.records(Self.distinct(machines.flatMap(\.stress.files)), StressColumn.all, schema: StressColumn.schema)
        )
    }

    /// Each file once: machines may share files.
    private static func distinct(_ files: [RecordedRows]) -> [RecordedRows] {
        var seen: Set<String> = []
        return files.filter { seen.insert($0.path).inserted }
    }

    private init(
        _ name: String, _ map: PromiseMap, _ tasks: [MachineTask], requested: JSONValue, warnings: [Warning],
        _ records: Records
    ) {
        let table = PromiseTable(map: map)
        let missing = tasks.compactMap { task in task.shortfall.map { "\(task.name) \($0)." } }
        let doubts = warnings + MachineWarnings.all([], tasks: tasks)
        func words(_ text: String, _ page: Page) -> String { text + missing.map { page.wrapped($0) + "\n" }.joined() }
        let facts: [JSONValue.Member] =
            [.init("requested", requested)]
            + Self.quality(isComplete: map.isComplete && missing.isEmpty, doubts)
            + [
                .init("verdict", .texts(table.sentences + missing)),
                .init("promises", .rows(PromiseColumn.all, PromiseRow.rows(map))),
            ] + (tasks.isEmpty ? [] : [.init("tasks", .rows(MachineTaskColumn.all, tasks))])
        self.init(
            name, text: { words(table.text($0), $0) }, markdown: { words(table.markdown, .unbroken) },
            records: records, facts: facts, suites: Self.suites(map) + Self.suite(tasks),
            notices: Self.notices(map, table, tasks), exhibit: { Exhibit([.init("Promises", [.table(table.table)])]) })
    }

    /// A suite per machine, a case per promise.
    private static func suites(_ map: PromiseMap) -> [Suite] {
        map.machines.enumerated().map { index, name in
            Suite(
                name,
                map.lines.map { line in
                    let title = [line.lock, line.fault].filter { !$0.isEmpty }.joined(separator: ", ")
                    switch line.outcomes[index] {
                    case .kept: return Check(title, .passed, "kept")
                    case .broken(let words): return Check(title, .failed, words)
                    case .untested(let reason): return Check(title, .skipped, reason.isEmpty ? "not tested" : reason)
                    }
                })
        }
    }

    /// A case per task; one that did not end as it should is an error.
    static func suite(_ tasks: [MachineTask]) -> [Suite] {
        if tasks.isEmpty { return [] }
        return [
            Suite(
                "tasks",
                tasks.map { Check($0.name, $0.isComplete ? .passed : .error, $0.shortfall ?? "complete") })
        ]
    }

    private static func notices(_ map: PromiseMap, _ table: PromiseTable, _ tasks: [MachineTask]) -> [Notice] {
        let breaches = map.lines.filter { !$0.broken.isEmpty }
        let missing = tasks.filter { !$0.isComplete }
        let errors = breaches.prefix(10).map { line in
            Notice(
                .error, [line.lock, line.fault].filter { !$0.isEmpty }.joined(separator: ", "),
                "broken on \(MachineWords.list(line.broken.map { map.machines[$0] }))")
        }
        let level: Notice.Level =
            !breaches.isEmpty || !missing.isEmpty ? .error : map.isComplete ? .notice : .warning
        let word =
            breaches.isEmpty
            ? (table.sentences.first ?? "")
            : "\(counted(breaches.count, "promise")) of \(map.lines.count) \(breaches.count == 1 ? "was" : "were") broken"
        return errors + missing.prefix(10).map { Notice(.error, $0.name, $0.shortfall ?? "") }
            + [Notice(level, "shmbench", word)]
    }
}
