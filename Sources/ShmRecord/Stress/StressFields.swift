package import ShmCoordinator
internal import ShmCore
internal import ShmHarness
internal import ShmStatistics

/// The conditions that all rows of a stress test share.
package struct StressConditions {
    /// The start, in seconds since 1970.
    package let startedAt: Int
    package let seed: UInt64
    /// The number of processes that contend for the lock.
    package let workers: Int

    package init(startedAt: Int, seed: UInt64, workers: Int) {
        self.startedAt = startedAt
        self.seed = seed
        self.workers = workers
    }
}

/// The result of a stress test of one lock under one fault.
package struct StressRow {
    package let result: StressResult
    package let conditions: StressConditions
    /// The operations of the lock that all its rows tested; `nil` if the test ended before the lock.
    package let exercised: Exercised?

    /// One row per lock and fault.
    ///
    /// - Parameter missing: combinations that were requested and not tested.
    package static func rows(
        _ results: [StressResult], missing: [StressResult], _ conditions: StressConditions
    ) -> [StressRow] {
        let faults = (results + missing).map(\.fault).uniqued()
        let exercised = Dictionary(grouping: results, by: \.lock).reduce(into: [:]) {
            $0[$1.key] = Exercised($1.key, $1.value, faults: faults)
        }
        return (results + missing).map {
            StressRow(result: $0, conditions: conditions, exercised: exercised[$0.lock])
        }
    }
}

/// A column of the results of a stress test: schema 1, in its order. Append new fields.
///
/// Files and `results/README.md` are derived from this table.
package typealias StressColumn = Field<StressRow>

extension Field where Subject == StressRow {
    package static let schema = 1

    package static let all: [Field<StressRow>] = identity + environment + tested + figures

    private static let identity: [Field<StressRow>] = [
        schema(schema),
        field("started_at", kind: .text, roles: .present, "start of the test, ISO 8601, UTC") {
            .text(Timestamp.iso8601($0.conditions.startedAt))
        },
    ]

    private static let tested: [Field<StressRow>] = [
        field("workers", kind: .count, roles: .present, "number of processes that contend for the lock") {
            .integer($0.conditions.workers)
        },
        field("seed", kind: .text, roles: .present, "seed of the choice of targets, positions and delays") {
            .text("\($0.conditions.seed)")
        },
        field("lock", kind: .text, roles: .present, "name of the lock (`shmbench list`)") {
            .text($0.result.lock.name)
        },
        field(
            "fault", kind: .words(Fault.allCases.map(\.name)), roles: .present,
            "name of the fault (`shmbench stress --help`)"
        ) { .text($0.result.fault.name) },
    ]

    private static let figures: [Field<StressRow>] = [
        field(
            "promised", kind: .boolean, roles: .present,
            "whether the lock promises that the other processes go on"
        ) {
            .boolean($0.result.isPromised)
        },
        field(
            "verdict", kind: .words(["ok", "stalls", "hangs", "wrong", "bad", "n/a", "-"]), roles: .present,
            "`ok`, `stalls` (the other processes made no progress while one was frozen), `hangs`, `wrong` (an operation of the lock did not do what it promises), `bad` (unsafe: two processes in the critical section at once, an update of a live worker lost, or a death not reported by a lock that promises to report it), `n/a` (not possible on this machine), `-` (not tested)"
        ) { .text(name($0.result.verdict)) },
        field(
            "as_promised", kind: .boolean,
            "whether the lock kept its promises (exit code 3 if not); empty if the fault was not injected"
        ) {
            Value($0.result.wasTried ? $0.result.isAsPromised : nil)
        },
        field("episodes", kind: .count, roles: .present, "number of times that the fault was injected") {
            .integer($0.result.episodes)
        },
        field("kills", kind: .count, roles: .present, "processes killed") { .integer($0.result.kills) },
        field("hangs", kind: .count, roles: .present, "episodes after which a live process waited forever") {
            .integer($0.result.hangs)
        },
        field("corruptions", kind: .count, roles: .present, "episodes in which the data or a report were wrong") {
            .integer($0.result.corruptions)
        },
        field(
            "stalls", kind: .count, roles: .present,
            "episodes in which the other processes made no progress while one was frozen"
        ) { .integer($0.result.stalls) },
        field(
            "tolerated_half_updates", title: "repaired", kind: .count, roles: .present,
            "half-written updates of dead owners that the next owner repaired"
        ) {
            Value($0.result.repaired)
        },
        field("told_deaths", kind: .count, roles: .present, "acquisitions to which the lock reported an owner's death")
        {
            Value($0.result.reportedDeaths)
        },
        field(
            "untold_deaths", kind: .count, roles: .present,
            "acquisitions to which the lock should have reported an owner's death and did not"
        ) {
            Value($0.result.unreportedDeaths)
        },
        field(
            "recoveries", kind: .count, roles: .present,
            "number of timed recoveries: from the fault (a kill, the release or the end of a freeze after it) to the next acquisition"
        ) { Value($0.result.recovery.count) },
        field(
            "recovery_p50_ns", title: "p50", kind: .count,
            "median of the recovery times (`recoveries`); needs \(PercentileRule.samples(for: 50)) samples"
        ) { Value($0.result.recovery.percentile(50)) },
        field(
            "recovery_p99_ns", title: "p99", kind: .count,
            "99th percentile of the recovery times (`recoveries`); needs \(PercentileRule.samples(for: 99)) samples"
        ) { Value($0.result.recovery.percentile(99)) },
        field("recovery_max_ns", title: "max", kind: .count, "the longest of the recovery times (`recoveries`)") {
            Value($0.result.recovery.longest)
        },
        field(
            "reaping_p50_ns", title: "reaped p50", kind: .count, "median time from a kill until the process was reaped"
        ) { Value($0.result.reaping.percentile(50)) },
        field(
            "reaping_p99_ns", title: "reaped p99", kind: .count,
            "99th percentile of the time from a kill until the process was reaped"
        ) { Value($0.result.reaping.percentile(99)) },
        field("duration_s", roles: .present, "duration of the test of this fault with this lock") {
            Value(Double($0.result.duration) / 1e9, decimals: 3)
        },
        field("finding", kind: .text, "the broken promise in words, or else the first anomaly") {
            Value($0.result.breach ?? $0.result.findings.first)
        },
        count(.lock, "calls of lock that returned"), count(.tryLock, "calls of tryLock that returned"),
        count(.timedWait, "calls of lock with a deadline that returned"),
        count(.readers, "calls of the shared lock that returned"),
        count(.order, "number of checks of the order of grants"),
        count(.participants, "participants in all tests of the maximum number, summed"),
        count(.area, "number of checks of the bytes around the lock's area"),
        count(
            .objects,
            "participants that bound and unbound between two counts of descriptors and kernel objects"),
        field("breaches", kind: .count, roles: .present, "operations that did not do what the lock promises") {
            Value($0.result.exercises.breaches)
        },
        field(
            "exercised", kind: .text,
            "operations of the lock that all its rows together tested, separated by blanks"
        ) {
            Value($0.exercised?.done.map(\.name).joined(separator: " "))
        },
        field("not_exercised", kind: .text, "operations of the lock that none of its rows tested, each with the reason")
        {
            row in
            Value(row.exercised?.left.map { "\($0.exercise.name): \($0.reason)" }.joined(separator: "; "))
        },
        field(
            "discarded_episodes", kind: .count, roles: .present,
            "episodes that were discarded and repeated because processes were paused from outside"
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

    /// How often an operation was tested.
    private static func count(_ exercise: Exercise, _ doc: String) -> Field {
        field(exercise.column, kind: .count, roles: .present, doc) { Value($0.result.exercises.count(exercise)) }
    }

    private static func field(
        _ name: String, title: String? = nil, kind: Kind = .number, roles: Roles = [], _ doc: String,
        _ value: @escaping @Sendable (StressRow) -> Value
    ) -> Field { Field(name, title: title, kind: kind, roles: roles, doc, value) }
}
