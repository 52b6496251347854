package import ShmCoordinator
internal import ShmCore
package import ShmHarness

/// The options that all rows of a crash test share.
package struct CrashConditions {
    /// The number of processes besides the target.
    package let workers: Int
    /// The distance between two kills, in instructions.
    package let every: Int
    /// The requested paths.
    package let paths: [CrashPath]

    package init(workers: Int, every: Int, paths: [CrashPath]) {
        self.workers = workers
        self.every = every
        self.paths = paths
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

    package static let all: [Field<CrashRow>] = identity + environment + tested + figures

    private static let identity: [Field<CrashRow>] = [
        schema(schema),
        field("started_at", kind: .text, roles: .present, "start of this lock's test, ISO 8601, UTC") {
            .text(Timestamp.iso8601($0.result.startedAt))
        },
    ]

    private static let tested: [Field<CrashRow>] = [
        field("lock", kind: .text, roles: .present, "name of the lock (`shmbench list`)") {
            .text($0.result.lock.name)
        },
        field(
            "owner_death", kind: .words(of: LockProperties.OwnerDeath.self), roles: .present,
            "what the lock promises after its owner's death: `reported`, `hangs`, `n/a` (`shmbench list`)"
        ) {
            .text($0.result.lock.properties.ownerDeath.rawValue)
        },
        field("workers", kind: .count, roles: .present, "processes besides the target") {
            .integer($0.conditions.workers)
        },
        field("every", kind: .count, roles: .present, "a target was killed at every n-th instruction") {
            .integer($0.conditions.every)
        },
    ]

    private static let figures: [Field<CrashRow>] = [
        instructions(.uncontended), instructions(.waiter), instructions(.holder), instructions(.barger),
        instructions(.firstUse),
        field(
            "instructions", title: "instr.", kind: .count, roles: .present,
            "instructions at which a target was killed, over all paths"
        ) {
            .integer($0.result.total.instructions)
        },
        field(
            "kills", kind: .count, roles: .present,
            "targets killed: one per instruction, one after the end of each path, and those killed while asleep"
        ) {
            .integer($0.result.total.kills)
        },
        field(
            "owner_deaths", title: "deaths", kind: .count, roles: .present,
            "acquisitions to which the lock reported the previous owner's death"
        ) {
            Value($0.result.total.ownerDeaths)
        },
        field(
            "hangs", kind: .count, roles: .present,
            "kills after which a process waited for more than 2 s, and waits that did not end at their deadline (25 ms asleep after the lock's first hang, or after its fifth if it promises to survive)"
        ) { .integer($0.result.total.hangs) },
        field(
            "corruptions", title: "corrupt", kind: .count, roles: .present,
            "kills after which the counters, the owner word or the lock's report of the death were wrong"
        ) { .integer($0.result.total.corruptions) },
        field("slowest_recovery_ns", title: "slowest", kind: .count, "longest time from a kill to the next acquisition")
        {
            Value($0.result.total.slowestRecovery)
        },
        field("duration_s", roles: .present, "duration of this lock's test") {
            Value(Double($0.result.duration) / 1e9, decimals: 3)
        },
        field("complete", kind: .boolean, roles: .present, "whether all requested paths were tested to their end") {
            .boolean($0.result.isComplete)
        },
        field(
            "as_promised", kind: .boolean,
            "whether the lock kept its promise; empty if the test was not completed"
        ) { Value($0.result.isKnown ? $0.result.verdict.isAsPromised : nil) },
        field(
            "verdict", kind: .words(["not tried"] + CrashVerdict.allCases.map(\.words)), roles: .present,
            "the verdict on the lock's promise; `(expected)` and `(exp.)`: as it must be without that promise"
        ) {
            .text($0.result.words)
        },
        instructions(.attempt), instructions(.timed), instructions(.timedWaiter), instructions(.expiring),
        instructions(.reader),
        field("not_exercised", kind: .text, "paths that were not tested, and why") { row in
            Value(
                row.result.left(of: row.conditions.paths).map { "\($0.path.name): \($0.reason)" }.joined(
                    separator: "; "))
        },
        field(
            "discarded_trials", kind: .count, roles: .present,
            "kills that were discarded and repeated because processes were paused from outside"
        ) { .integer($0.result.discarded) },
        instructions(.quiet), instructions(.beginContended), instructions(.endContended), instructions(.biased),
        instructions(.revoked), instructions(.revoker), instructions(.waiterOwner), instructions(.revokerOwner),
        instructions(.revokedRevoker),
    ]

    /// The name of the column of a path's instructions.
    static func instructionsColumn(_ path: CrashPath) -> String {
        "instructions_" + path.name.replacing("-", with: "_")
    }

    private static func instructions(_ path: CrashPath) -> Field {
        field(
            instructionsColumn(path), kind: .count,
            "instructions of the path `\(path.name)` at which a target was killed; empty if it was not tested"
        ) { row in
            row.result.paths.first { $0.path == path }.map { .integer($0.tally.instructions) } ?? .empty
        }
    }

    private static func field(
        _ name: String, title: String? = nil, kind: Kind = .number, roles: Roles = [], _ doc: String,
        _ value: @escaping @Sendable (CrashRow) -> Value
    ) -> Field { Field(name, title: title, kind: kind, roles: roles, doc, value) }
}
