internal import ShmCoordinator
internal import ShmCore
package import ShmRecord
internal import ShmStatistics

/// A column of a report for programs, with a row per cell: schema 1, in its order. Append new fields.
package typealias SummaryColumn = Field<CellSummary>

extension Field where Subject == CellSummary {
    package static let schema = 1

    /// All fields. A field without a description has that of its predecessor.
    package static let all: [Field<CellSummary>] = sharingDescriptions(
        [Field("schema", "1") { _ in .integer(schema) }] + identity + figures)

    /// The machine, the lock and its load, with the names of the results.
    private static let identity: [Field<CellSummary>] = ResultColumn.all.filter { column in
        !column.roles.isDisjoint(with: [.machine, .cell])
    }.map { column in
        Field(column.name, kind: column.kind == .text ? .text : .number, "as in the results of `run`") { summary in
            summary.records[0].value(column.name)
        }
    }

    private static let figures: [Field<CellSummary>] = [
        field("rounds", "number of rounds") { .integer($0.rounds) },
        field("throughput_per_s", "median over the rounds, as all figures below unless noted otherwise") {
            Value($0.throughput, decimals: 1)
        },
        field(
            "throughput_low",
            "confidence interval of the median throughput, and its confidence; empty for a single round"
        ) {
            Value($0.interval?.low, decimals: 1)
        },
        field("throughput_high") { Value($0.interval?.high, decimals: 1) },
        field("confidence") { Value($0.interval?.confidence, decimals: 4) },
        field(
            "acquire_p50_ns",
            "medians over the rounds that have all percentiles of the row; empty if fewer than half of the rounds have enough samples, or if most rounds of an open loop were overloaded"
        ) {
            Value($0.p50, decimals: 1)
        },
        field("acquire_p99_ns") { Value($0.p99, decimals: 1) },
        field("acquire_p999_ns") {
            Value($0.p999, decimals: 1)
        },
        field("acquire_max_ns", "maximum over all rounds") { Value($0.longest, decimals: 0) },
        field("uncorrected_p99_ns", "as in the results of `run`") { Value($0.uncorrectedP99, decimals: 1) },
        field("hold_p50_ns") { Value($0.hold, decimals: 1) },
        field("handoff_p50_ns") { Value($0.handoff, decimals: 1) },
        field("fairness_jain") { Value($0.jain, decimals: 4) },
        field("fairness_window_jain") { Value($0.windowJain, decimals: 4) },
        field("overloaded_rounds", "number of rounds in which an open loop did not sustain its rate") {
            .integer($0.overloadedRounds)
        },
        field("integrity", "worst finding of the rounds: `ok`, `failed` or `stuck`") { .text($0.integrity.rawValue) },
        field("as_promised", "whether the lock kept its promises, `yes` or `no` (exit code 3)") {
            .text($0.isAsPromised ? "yes" : "no")
        },
        field(
            "survives_owner_death",
            "whether the lock promises to survive its owner's death; empty for a lock that this version does not know"
        ) { $0.properties.map { .text($0.survivesOwnerDeath ? "yes" : "no") } ?? .empty },
        field("finding", "the broken promises in words") { $0.breach.map { .text($0) } ?? .empty },
    ]

    private static func field(
        _ name: String, _ doc: String = "", _ value: @escaping @Sendable (CellSummary) -> Value
    ) -> Field { Field(name, doc, value) }
}
