package import ShmCoordinator
internal import ShmCore
internal import ShmHarness

/// What all rows of a crash test share.
package struct CrashConditions {
    /// Processes beside the target.
    package let workers: Int
    /// A target is killed at every so many instructions.
    package let every: Int

    package init(workers: Int, every: Int) {
        self.workers = workers
        self.every = every
    }
}

/// What a crash test found of one lock.
package struct CrashRow {
    package let result: CrashResult
    package let conditions: CrashConditions

    package init(_ result: CrashResult, _ conditions: CrashConditions) {
        self.result = result
        self.conditions = conditions
    }
}

/// What the results tell of a crash test: the contract of schema 1, in its order. New fields come at the end.
///
/// This is the one place that describes them: files and `results/README.md` follow from it.
package typealias CrashColumn = Field<CrashRow>

extension Field where Subject == CrashRow {
    package static let schema = 1

    /// Those without a description share that of the field before.
    package static let all: [Field<CrashRow>] = sharingDescriptions(identity + environment + asked + figures)

    private static let identity: [Field<CrashRow>] = [
        field("schema", "1") { _ in .integer(schema) },
        field("started_at", "when this lock's test began, ISO 8601, UTC") {
            .text(Timestamp.iso8601($0.result.startedAt))
        },
    ]

    private static let asked: [Field<CrashRow>] = [
        field("lock", "the catalogue's name (`shmbench list`)") { .text($0.result.lock.name) },
        field("owner_death", "what the lock promises: `reported`, `hangs`, `n/a` (`shmbench list`)") {
            .text($0.result.lock.properties.ownerDeath.rawValue)
        },
        field("workers", "processes beside the target") { .integer($0.conditions.workers) },
        field("every", "a target was killed at every n-th instruction") { .integer($0.conditions.every) },
    ]

    private static let figures: [Field<CrashRow>] = [
        instructions(
            .uncontended,
            "instructions of that path at which a target was killed; empty for a path that was not taken"),
        instructions(.waiter), instructions(.holder), instructions(.barger), instructions(.firstUse),
        field("instructions", "their sum") { .integer($0.result.total.instructions) },
        field("kills", "targets killed: those, and one behind each path's end, and those killed in their sleep") {
            .integer($0.result.total.kills)
        },
        field("owner_deaths", "acquisitions to which the lock reported the previous owner's death") {
            Value($0.result.total.ownerDeaths)
        },
        field(
            "hangs",
            "kills after which a process waited for more than 2 s (25 ms asleep, once the lock has hung: after the first hang, or the fifth of a lock that promises to survive)"
        ) { .integer($0.result.total.hangs) },
        field(
            "corruptions", "kills after which counters, owner word or the lock's own report of the death were wrong"
        ) { .integer($0.result.total.corruptions) },
        field("slowest_recovery_ns", "longest time from a kill until another process had the lock") {
            Value($0.result.total.slowestRecovery)
        },
        field("duration_s", "of this lock's test") { Value(Double($0.result.duration) / 1e9, decimals: 3) },
        field("complete", "`no` after an interruption") { .text($0.result.isComplete ? "yes" : "no") },
        field(
            "as_promised",
            "what it means, as `yes` or `no` (empty where the test did not come to its end), and in words"
        ) { row in row.result.isKnown ? .text(row.result.verdict.isAsPromised ? "yes" : "no") : .empty },
        field("verdict") { .text($0.result.words) },
        instructions(.attempt, "as the instructions above, of calls that the lock offers beside lock and unlock"),
        instructions(.timed), instructions(.timedWaiter), instructions(.expiring), instructions(.reader),
        field("not_exercised", "paths that were not taken, and why") { row in
            .text(row.result.left.map { "\($0.path.name): \($0.reason)" }.joined(separator: "; "))
        },
        field(
            "discarded_trials", "kills that do not count, since processes stood still meanwhile; each was done again"
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
