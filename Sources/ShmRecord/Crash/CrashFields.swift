package import ShmCoordinator
internal import ShmCore
internal import ShmHarness

/// The options that all rows of a crash test share.
package struct CrashConditions {
    /// The number of processes besides the target.
    package let workers: Int
    /// The distance between two kills, in instructions.
    package let every: Int

    package init(workers: Int, every: Int) {
        self.workers = workers
        self.every = every
    }
}

/// The result of a crash test of one lock.
package struct CrashRow {
    package let result: CrashResult
    package let conditions: CrashConditions

    package init(_ result: CrashResult, _ conditions: CrashConditions) {
        self.result = result
        self.conditions = conditions
    }
}

/// A column of the results of a crash test: schema 1, in its order. Append new fields.
///
/// Files and `results/README.md` are derived from this table.
package typealias CrashColumn = Field<CrashRow>

extension Field where Subject == CrashRow {
    package static let schema = 1

    /// All fields. A field without a description has that of its predecessor.
    package static let all: [Field<CrashRow>] = sharingDescriptions(identity + environment + asked + figures)

    private static let identity: [Field<CrashRow>] = [
        field("schema", "1") { _ in .integer(schema) },
        field("started_at", "start of this lock's test, ISO 8601, UTC") {
            .text(Timestamp.iso8601($0.result.startedAt))
        },
    ]

    private static let asked: [Field<CrashRow>] = [
        field("lock", "name of the lock (`shmbench list`)") { .text($0.result.lock.name) },
        field(
            "owner_death",
            "what the lock promises after its owner's death: `reported`, `hangs`, `n/a` (`shmbench list`)"
        ) {
            .text($0.result.lock.properties.ownerDeath.rawValue)
        },
        field("workers", "processes besides the target") { .integer($0.conditions.workers) },
        field("every", "a target was killed at every n-th instruction") { .integer($0.conditions.every) },
    ]

    private static let figures: [Field<CrashRow>] = [
        instructions(
            .uncontended,
            "instructions of the path at which a target was killed; empty if the path was not tested"),
        instructions(.waiter), instructions(.holder), instructions(.barger), instructions(.firstUse),
        field("instructions", "sum over the paths") { .integer($0.result.total.instructions) },
        field(
            "kills",
            "targets killed: one per instruction, one after the end of each path, and those killed while asleep"
        ) {
            .integer($0.result.total.kills)
        },
        field("owner_deaths", "acquisitions to which the lock reported the previous owner's death") {
            Value($0.result.total.ownerDeaths)
        },
        field(
            "hangs",
            "kills after which a process waited for more than 2 s (25 ms asleep after the lock's first hang, or after its fifth if it promises to survive)"
        ) { .integer($0.result.total.hangs) },
        field(
            "corruptions", "kills after which the counters, the owner word or the lock's report of the death were wrong"
        ) { .integer($0.result.total.corruptions) },
        field("slowest_recovery_ns", "longest time from a kill to the next acquisition") {
            Value($0.result.total.slowestRecovery)
        },
        field("duration_s", "duration of this lock's test") { Value(Double($0.result.duration) / 1e9, decimals: 3) },
        field("complete", "`no` after an interruption") { .text($0.result.isComplete ? "yes" : "no") },
        field(
            "as_promised",
            "whether the lock kept its promise, `yes` or `no` (empty if the test was not completed), and the verdict in words"
        ) { row in row.result.isKnown ? .text(row.result.verdict.isAsPromised ? "yes" : "no") : .empty },
        field("verdict") { .text($0.result.words) },
        instructions(.attempt, "as the instructions above, for the lock's other operations"),
        instructions(.timed), instructions(.timedWaiter), instructions(.expiring), instructions(.reader),
        field("not_exercised", "paths that were not tested, and why") { row in
            .text(row.result.left.map { "\($0.path.name): \($0.reason)" }.joined(separator: "; "))
        },
        field(
            "discarded_trials", "kills that were discarded and repeated because processes were paused from outside"
        ) { .integer($0.result.discarded) },
    ]

    private static func instructions(_ path: CrashPath, _ doc: String = "") -> Field {
        field("instructions_" + path.name.replacing("-", with: "_"), doc) { row in
            row.result.paths.first { $0.path == path }.map { .integer($0.tally.instructions) } ?? .empty
        }
    }

    private static func field(
        _ name: String, _ doc: String = "", _ value: @escaping @Sendable (CrashRow) -> Value
    ) -> Field { Field(name, doc, value) }
}
