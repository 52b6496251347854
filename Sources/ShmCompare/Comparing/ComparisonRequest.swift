package import ShmRecord

/// What a comparison was asked for. Two files that are compared have no windows, kills, rounds or seed.
package struct ComparisonRequest {
    package let metrics: [Metric]
    package let falseAlarms: Double
    /// The length of the throughput window.
    package var window: TimeSpan?
    package var kills: Int?
    /// The number of rounds of each cell; `nil` for a comparison that ends when all is decided.
    package var rounds: Int?
    package var maxTime: TimeSpan?
    package var seed: UInt64?
    /// Whether margins of equivalence follow from the noise of the base.
    package var adaptsMargins = false

    /// What two files are compared by.
    package init(metrics: [Metric], falseAlarms: Double) {
        self.metrics = metrics
        self.falseAlarms = falseAlarms
    }
}

/// A member of `requested` in the JSON of a comparison.
package typealias ComparisonRequestColumn = Field<ComparisonRequest>

extension Field where Subject == ComparisonRequest {
    package static let all: [Field<ComparisonRequest>] = [
        Field("metrics", kind: .list, roles: .present, "names of the metrics to judge") {
            .list($0.metrics.map { .text($0.name) })
        },
        Field("false_alarms", unit: .share, roles: .present, "family-wise false-positive rate") {
            Value(rate: $0.falseAlarms)
        },
        Field("duration_ns", kind: .count, "length of the throughput window; empty for two files") { request in
            request.window.map { .integer($0.nanoseconds) } ?? .empty
        },
        Field(
            "kills", kind: .count, "owners killed after each round of a lock that survives; empty for two files"
        ) { request in request.kills.map { .integer($0) } ?? .empty },
        Field("rounds", kind: .count, "rounds of each cell, of `check`") { request in
            request.rounds.map { .integer($0) } ?? .empty
        },
        Field("max_time_ns", kind: .count, "maximum time, of `compare`") { request in
            request.maxTime.map { .integer($0.nanoseconds) } ?? .empty
        },
        Field("seed", kind: .text, "seed of the order of rounds; empty for two files") { request in
            Value(request.seed.map { "\($0)" })
        },
        Field(
            "margin", kind: .words(["threshold", "auto"]), roles: .present,
            "what the margins of equivalence follow from: thresholds, or the noise of the base"
        ) { .text($0.adaptsMargins ? "auto" : "threshold") },
    ]
}
