internal import ShmCoordinator
package import ShmRecord

/// What a step of an axis changes for a lock on one unit, or over all, in JSON.
package struct AxisRow {
    package let axis: MachineAxis
    package let effect: AxisEffect
    /// `nil` for the change over all units.
    package let unit: AxisEffect.OnUnit?

    /// The change over all units, followed by those on each.
    package static func rows(_ comparison: AxisComparison) -> [AxisRow] {
        comparison.effects.flatMap { effect in
            [AxisRow(axis: comparison.axis, effect: effect, unit: nil)]
                + effect.units.map { AxisRow(axis: comparison.axis, effect: effect, unit: $0) }
        }
    }

    fileprivate var change: Change { unit?.change ?? effect.change }
}

/// A member of `axis` in JSON documents.
package typealias AxisColumn = Field<AxisRow>

extension Field where Subject == AxisRow {
    package static let all: [Field<AxisRow>] = [
        Field("axis", kind: .words(of: MachineAxis.self), roles: .present, "column whose values are compared (`--by`)")
        {
            .text($0.axis.rawValue)
        },
        Field("from", kind: .text, roles: .present, "value before the step") { .text($0.effect.step.from) },
        Field("to", kind: .text, roles: .present, "value after the step") { .text($0.effect.step.to) },
        Field("lock", kind: .text, roles: .present, "name of the lock") { .text($0.effect.lock) },
        Field("scenario", kind: .text, roles: .present, "name of the workload") { .text($0.effect.load.scenario) },
        Field("workers", kind: .count, roles: .present, "number of processes that contend") {
            .integer($0.effect.load.workers)
        },
        Field("load", kind: .text, "the parameters of the load that are not at their defaults") { row in
            Value(Parameter.all.compactMap { $0.unusual(row.effect.load) }.joined(separator: ", "))
        },
        Field("figure", kind: .words(["throughput", "p99"]), roles: .present, "metric of the change") {
            .text($0.effect.metric.name)
        },
        Field(
            "unit", kind: .text,
            "machine with both values, or machines of either value that are alike (`n1, n2 | n3`); empty for the change over all of them"
        ) { Value($0.unit?.unit.name) },
        Field("units", kind: .count, roles: .present, "number of units with the figure on both sides") {
            .integer($0.effect.units.count)
        },
        Field(
            "ratio", kind: .number, roles: .present,
            "figure after the step to that before; on alike machines a ratio of ratios to the reference"
        ) {
            Value($0.change.ratio, decimals: 5)
        },
        Field("ratio_low", kind: .number, "lower end of the interval of `ratio`; empty if so few rounds have none") {
            Value($0.change.low > 0 ? $0.change.low : nil, decimals: 5)
        },
        Field("ratio_high", kind: .number, "upper end of the interval of `ratio`; empty if so few rounds have none") {
            Value($0.change.high, decimals: 5)
        },
        Field(
            "confidence", unit: .share, roles: .present,
            "confidence of the interval; all of them hold at once with 95 %"
        ) {
            Value($0.change.confidence, decimals: 6)
        },
        Field(
            "method", kind: .words(of: AxisEffect.Method.self), roles: .present,
            "interval over several units: their `hull`, or signed `ranks` of many machines"
        ) { .text($0.effect.method.rawValue) },
        Field(
            "verdict", kind: .words(of: AxisEffect.Verdict.self), roles: .present,
            "`lower`, `higher`, `equivalent` (within the margin), `undecided` (the interval is too wide), `mixed` (lower on some machines, higher on others)"
        ) { .text(($0.unit?.verdict ?? $0.effect.verdict).rawValue) },
    ]
}
