package import ShmCoordinator
internal import ShmCore
internal import ShmHarness

/// What all rows of a crash test share.
package struct CrashConditions {
    /// Processes beside the target.
    package let workers: Int
    /// A target is killed at every so many instructions.
    package let every: Int

    package init(
        workers: Int, every: Int
    ) {
        self.workers = workers
        self.every = every
    }
}

/// One column of a crash test's results: schema 1, in its order. New columns come at the end.
package struct CrashColumn: Sendable {
    package let name: String
    package let value: @Sendable (CrashResult, CrashConditions) -> Value

    package static let schema = 1

    package static let all: [CrashColumn] =
        [
            CrashColumn("schema") { _, _ in .integer(schema) },
            CrashColumn("started_at") { result, _ in .text(Timestamp.iso8601(result.startedAt)) },
            CrashColumn("tool_version") { _, _ in .text(ToolVersion.current) },
            CrashColumn("hostname") { _, _ in .text(Machine.current.hostname) },
            CrashColumn("kernel") { _, _ in .text(Machine.current.kernel) },
            CrashColumn("cpu_model") { _, _ in .text(Machine.current.cpuModel) },
            CrashColumn("cpus") { _, _ in .integer(Machine.current.cpus) },
            CrashColumn("lock") { result, _ in .text(result.lock.name) },
            CrashColumn("owner_death") { result, _ in .text(result.lock.properties.ownerDeath.rawValue) },
            CrashColumn("workers") { _, conditions in .integer(conditions.workers) },
            CrashColumn("every") { _, conditions in .integer(conditions.every) },
        ]
        + [CrashPath.uncontended, .waiter, .holder, .barger, .firstUse].map(instructions) + [
            CrashColumn("instructions") { result, _ in .integer(result.total.instructions) },
            CrashColumn("kills") { result, _ in .integer(result.total.kills) },
            CrashColumn("owner_deaths") { result, _ in Value(result.total.ownerDeaths) },
            CrashColumn("hangs") { result, _ in .integer(result.total.hangs) },
            CrashColumn("corruptions") { result, _ in .integer(result.total.corruptions) },
            CrashColumn("slowest_recovery_ns") { result, _ in Value(result.total.slowestRecovery) },
            CrashColumn("duration_s") { result, _ in Value(Double(result.duration) / 1e9, decimals: 3) },
            CrashColumn("complete") { result, _ in .text(result.isComplete ? "yes" : "no") },
            CrashColumn("as_promised") { result, _ in
                result.isKnown ? .text(result.verdict.isAsPromised ? "yes" : "no") : .empty
            },
            CrashColumn("verdict") { result, _ in .text(result.words) },
        ] + [CrashPath.attempt, .timed, .timedWaiter, .expiring, .reader].map(instructions) + [
            CrashColumn("not_exercised") { result, _ in
                .text(result.left.map { "\($0.path.name): \($0.reason)" }.joined(separator: "; "))
            },
            CrashColumn("discarded_trials") { result, _ in .integer(result.discarded) },
        ]

    private static func instructions(_ path: CrashPath) -> CrashColumn {
        CrashColumn("instructions_" + path.name.replacing("-", with: "_")) { result, _ in
            result.paths.first { $0.path == path }.map { .integer($0.tally.instructions) } ?? .empty
        }
    }

    private init(_ name: String, value: @escaping @Sendable (CrashResult, CrashConditions) -> Value) {
        self.name = name
        self.value = value
    }
}
