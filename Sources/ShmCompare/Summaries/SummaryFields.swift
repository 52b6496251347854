internal import ShmCoordinator
internal import ShmCore
package import ShmRecord
internal import ShmStatistics

/// A column of a report for programs, with a row per cell: schema 1, in its order. Append new fields.
package typealias SummaryColumn = Field<CellSummary>

extension Field where Subject == CellSummary {
    package static let schema = 1

    package static let all: [Field<CellSummary>] =
        [schema(schema)] + identity(isAdded: false) + figures + identity(isAdded: true)

    /// The machine, the lock and its load, with the names of the results.
    private static func identity(isAdded: Bool) -> [Field<CellSummary>] {
        ResultColumn.all.filter { $0.isIdentity && $0.isAddedParameter == isAdded }.map { column in
            Field(column.name, title: column.title, kind: column.kind, roles: column.roles, column.doc) { summary in
                summary.records[0].value(column.name)
            }
        }
    }

    private static let figures: [Field<CellSummary>] = [
        field("rounds", kind: .count, roles: .present, "number of rounds") { .integer($0.rounds) },
        field(
            "throughput_per_s", title: "rate/s", "median throughput over the rounds"
        ) {
            Value($0.throughput, decimals: 1)
        },
        field(
            "throughput_low",
            "lower end of the confidence interval of the median throughput; empty for a single round"
        ) {
            Value($0.interval?.low, decimals: 1)
        },
        field(
            "throughput_high",
            "upper end of the confidence interval of the median throughput; empty for a single round"
        ) {
            Value($0.interval?.high, decimals: 1)
        },
        field(
            "confidence", unit: .share,
            "confidence of the interval of the median throughput; empty for a single round"
        ) {
            Value($0.interval?.confidence, decimals: 4)
        },
        field(
            "acquire_p50_ns", title: "p50",
            "median of `acquire_p50_ns` over the rounds that have all percentiles of the row; empty if fewer than half of the rounds have enough samples, or if most rounds of an open loop were overloaded"
        ) {
            Value($0.p50, decimals: 1)
        },
        field(
            "acquire_p99_ns", title: "p99",
            "median of `acquire_p99_ns` over the rounds that have all percentiles of the row; empty as `acquire_p50_ns` is"
        ) { Value($0.p99, decimals: 1) },
        field(
            "acquire_p999_ns", title: "p99.9",
            "median of `acquire_p999_ns` over the rounds that have all percentiles of the row; empty as `acquire_p50_ns` is"
        ) {
            Value($0.p999, decimals: 1)
        },
        field("acquire_max_ns", title: "max", kind: .count, "the longest time to acquire, of all rounds") {
            Value($0.longest, decimals: 0)
        },
        field("uncorrected_p99_ns", title: "closed", "median of `uncorrected_p99_ns` over the rounds") {
            Value($0.uncorrectedP99, decimals: 1)
        },
        field("hold_p50_ns", title: "hold", "median of `hold_p50_ns` over the rounds") { Value($0.hold, decimals: 1) },
        field("handoff_p50_ns", title: "handoff", "median of `handoff_p50_ns` over the rounds") {
            Value($0.handoff, decimals: 1)
        },
        field("fairness_jain", title: "jain", unit: .share, "median of `fairness_jain` over the rounds") {
            Value($0.jain, decimals: 4)
        },
        field("fairness_window_jain", unit: .share, "median of `fairness_window_jain` over the rounds") {
            Value($0.windowJain, decimals: 4)
        },
        field(
            "overloaded_rounds", kind: .count, roles: .present,
            "number of rounds in which an open loop did not sustain its rate"
        ) {
            .integer($0.overloadedRounds)
        },
        field(
            "integrity", title: "data", kind: .words(of: RoundResult.Integrity.self), roles: .present,
            "worst finding of the rounds: `ok`, `failed` or `stuck`"
        ) { .text($0.integrity.rawValue) },
        field(
            "as_promised", kind: .boolean, roles: .present,
            "whether the lock kept its promises (exit code 3 if not)"
        ) {
            .boolean($0.isAsPromised)
        },
        field(
            "survives_owner_death", title: "robust", kind: .boolean,
            "whether the lock promises to survive its owner's death; empty for a lock that this version does not know"
        ) { Value($0.properties?.survivesOwnerDeath) },
        field("finding", kind: .text, "the broken promises in words") { Value($0.breach) },
        field(
            "kills", kind: .count,
            "owners killed after the rounds (`--kills`), over all rounds"
        ) { $0.sum("kills") },
        field(
            "kill_failures", title: "failed", kind: .count,
            "kills after which a process hung or the data were wrong, over all rounds"
        ) { $0.sum("kill_failures") },
        field("recovery_p50_ns", title: "recovery", "median of `recovery_p50_ns` over the rounds") {
            Value($0.recovery, decimals: 1)
        },
        field(
            "lock_opportunity_jain", title: "opp", unit: .share, "median of `lock_opportunity_jain` over the rounds"
        ) {
            Value($0.opportunity, decimals: 4)
        },
    ]

    private static func field(
        _ name: String, title: String? = nil, kind: Kind = .number, unit: FieldUnit? = nil, roles: Roles = [],
        _ doc: String, _ value: @escaping @Sendable (CellSummary) -> Value
    ) -> Field { Field(name, title: title, kind: kind, unit: unit, roles: roles, doc, value) }
}

extension CellSummary {
    /// The sum of a column over the rounds; empty if no round has it.
    fileprivate func sum(_ column: String) -> Value {
        let numbers = records.numbers(column)
        return numbers.isEmpty ? .empty : Value(numbers.reduce(0, +), decimals: 0)
    }
}
