package import ShmCoordinator
internal import ShmCore
internal import ShmHarness

/// What all rows of a stress test share.
package struct StressConditions {
    /// In seconds since 1970.
    package let startedAt: Int
    package let seed: UInt64
    /// Processes that contend.
    package let workers: Int

    package init(startedAt: Int, seed: UInt64, workers: Int) {
        self.startedAt = startedAt
        self.seed = seed
        self.workers = workers
    }
}

/// What a stress test found of one lock under one fault.
package struct StressRow {
    package let result: StressResult
    package let conditions: StressConditions
    /// What all rows of the lock tried; `nil` where the test did not come to the lock.
    package let exercised: Exercised?

    /// One row a lock and fault.
    ///
    /// - Parameter missing: what was to be tried, and was not come to.
    package static func rows(
        _ results: [StressResult], missing: [StressResult], _ conditions: StressConditions
    ) -> [StressRow] {
        let exercised = Dictionary(grouping: results, by: \.lock).reduce(into: [:]) {
            $0[$1.key] = Exercised($1.key, $1.value)
        }
        return (results + missing).map {
            StressRow(result: $0, conditions: conditions, exercised: exercised[$0.lock])
        }
    }
}

/// What the results tell of a stress test: the contract of schema 1, in its order. New fields come at the end.
///
/// This is the one place that describes them: files and `results/README.md` follow from it.
package typealias StressColumn = Field<StressRow>

extension Field where Subject == StressRow {
    package static let schema = 1

    /// Those without a description share that of the field before.
    package static let all: [Field<StressRow>] = sharingDescriptions(identity + environment + asked + figures)

    private static let identity: [Field<StressRow>] = [
        field("schema", "1") { _ in .integer(schema) },
        field("started_at", "when the test began, ISO 8601, UTC") {
            .text(Timestamp.iso8601($0.conditions.startedAt))
        },
    ]

    private static let asked: [Field<StressRow>] = [
        field("workers", "processes that contend") { .integer($0.conditions.workers) },
        field("seed", "what targets, places and delays were chosen by") { .text("\($0.conditions.seed)") },
        field("lock", "the catalogue's name (`shmbench list`)") { .text($0.result.lock.name) },
        field("fault", "its name; `shmbench stress --help` describes the faults") { .text($0.result.fault.name) },
    ]

    private static let figures: [Field<StressRow>] = [
        field("promised", "whether the lock promises that the others go on") {
            .text($0.result.isPromised ? "yes" : "no")
        },
        field(
            "verdict",
            "`ok`, `stalls` (the others stood still while a process was frozen), `hangs`, `wrong` (the lock did not do what it offers), `bad` (two processes in the critical section at once, an update of a live worker lost, or a death not reported by a lock that promises to report), `n/a` (not possible on this machine), `-` (no time for it)"
        ) { .text(name($0.result.verdict)) },
        field("as_promised", "`no` makes the exit code 3; empty where the fault was not done") {
            $0.result.wasTried ? .text($0.result.isAsPromised ? "yes" : "no") : .empty
        },
        field("episodes", "times that the fault was done") { .integer($0.result.episodes) },
        field("kills", "processes killed") { .integer($0.result.kills) },
        field("hangs", "episodes after which that was so") { .integer($0.result.hangs) },
        field("corruptions") { .integer($0.result.corruptions) },
        field("stalls") { .integer($0.result.stalls) },
        field("tolerated_half_updates", "half-written updates of dead owners that their successors repaired") {
            Value($0.result.repaired)
        },
        field("told_deaths", "acquisitions to which the lock reported an owner's death") {
            Value($0.result.reportedDeaths)
        },
        field("untold_deaths", "acquisitions to which the lock should have reported an owner's death, and did not") {
            Value($0.result.unreportedDeaths)
        },
        field(
            "recoveries",
            "from the fault (a kill, the release or the end of a freeze after it) to the next acquisition: how many times were measured, and their percentiles"
        ) { Value($0.result.recovery.count) },
        field("recovery_p50_ns") { Value($0.result.recovery.percentile(50)) },
        field("recovery_p99_ns") { Value($0.result.recovery.percentile(99)) },
        field("recovery_max_ns") { Value($0.result.recovery.longest) },
        field("reaping_p50_ns", "from a kill until the process was reaped") { Value($0.result.reaping.percentile(50)) },
        field("reaping_p99_ns") { Value($0.result.reaping.percentile(99)) },
        field("duration_s", "of this fault with this lock") {
            Value(Double($0.result.duration) / 1e9, decimals: 3)
        },
        field("finding", "what breaks a promise, or else the first thing that was not as usual, in words") {
            .text($0.result.breach ?? $0.result.findings.first ?? "")
        },
        count(.lock, "calls of that kind that came back meanwhile"),
        count(.tryLock), count(.timedWait), count(.readers),
        count(.order, "times that the order of grants was compared"),
        count(.participants, "participants that took part, in all such times together"),
        count(.area, "times that the bytes around the lock's area were compared"),
        count(
            .objects,
            "participants that came and went between two counts of what they had taken"),
        field("breaches", "times that the lock did not do what it offers") { Value($0.result.exercises.breaches) },
        field("exercised", "what was tried of the lock in all its rows, and what was not, and why") {
            .text($0.exercised?.done.map(\.name).joined(separator: " ") ?? "")
        },
        field("not_exercised") { row in
            .text(row.exercised?.left.map { "\($0.exercise.name): \($0.reason)" }.joined(separator: "; ") ?? "")
        },
        field(
            "discarded_episodes",
            "times that do not count, since processes stood still meanwhile; each was done again"
        ) { .integer($0.result.discarded) },
    ]

    private static func name(_ verdict: StressResult.Verdict) -> String {
        switch verdict {
        case .survives: "ok"
        case .stalls: "stalls"
        case .hangs: "hangs"
        case .breaks: "wrong"
        case .corrupts: "bad"
        case .notApplicable: "n/a"
        case .untried: "-"
        }
    }

    /// How often something that locks offer was done.
    private static func count(_ exercise: Exercise, _ doc: String = "") -> Field {
        field(exercise.column, doc) { Value($0.result.exercises.count(exercise)) }
    }

    private static func field(
        _ name: String, _ doc: String = "", _ value: @escaping @Sendable (StressRow) -> Value
    ) -> Field { Field(name, doc, value) }
}
