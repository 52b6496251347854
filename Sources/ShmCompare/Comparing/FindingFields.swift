internal import ShmCoordinator
package import ShmRecord

/// A row of the findings of a comparison: one metric of one cell.
package struct FindingRow {
    package let findings: Findings
    package let cell: CellFinding
    package let metric: MetricFinding

    package init(_ findings: Findings, _ cell: CellFinding, _ metric: MetricFinding) {
        self.findings = findings
        self.cell = cell
        self.metric = metric
    }
}

/// A column of the findings of a comparison: schema 1, in its order. Append new fields.
package typealias FindingColumn = Field<FindingRow>

extension Field where Subject == FindingRow {
    package static let schema = 1

    package static let all: [Field<FindingRow>] =
        identity + figures + verdicts + [estimate] + load + equivalence + machine + otherLoad

    /// Where the candidate was measured: findings of several machines can be merged.
    private static let machine: [Field<FindingRow>] = environment.map { column in
        field(
            column.name, kind: column.kind,
            "\(column.doc), where the candidate was measured; empty if its rounds are of several"
        ) { row in
            let text = row.findings.place[column.name]
            return column.kind == .count ? Value(text.flatMap { UInt64($0) }) : Value(text)
        }
    }

    /// The load but for the scenario and the number of workers, which precede, up to the last parameter that is older than
    /// the columns of equivalence.
    private static let load = parameters(Parameter.all.prefix { $0.column != lastLoad } + [.burst])
    /// Later parameters.
    private static let otherLoad = parameters(Parameter.all.drop { $0.column != lastLoad }.dropFirst())
    private static let lastLoad = Parameter.burst.column

    private static func parameters(_ parameters: some Sequence<Parameter>) -> [Field<FindingRow>] {
        parameters.filter { parameter in
            ![Parameter.scenario, .workers].contains { $0.column == parameter.column }
        }.map { parameter in
            let column = ResultColumn.all[parameter.column]
            return field(column.name, kind: column.kind, roles: column.roles.intersection(.present), column.doc) {
                parameter.value($0.cell.load)
            }
        }
    }

    private static let equivalence: [Field<FindingRow>] = [
        field(
            "equivalence_margin", unit: .share,
            "a metric within this share of the base is `same`: `threshold` of `compare`, or more with `--margin auto`; empty if there is none"
        ) { Value($0.metric.margin, decimals: 4) },
        field(
            "margin_source", kind: .words(EquivalenceMargin.Source.allCases.map(\.rawValue)),
            "what determines `equivalence_margin`: the `threshold`, one step of the `clock`, with `--margin auto` the `noise` of the base against itself, or the `cap` of such margins"
        ) { Value($0.metric.marginSource?.rawValue) },
        field(
            "proved_margin", title: "proved", unit: .share,
            "the smallest margin that the data prove, as a share of the base: no change is beyond it, in either direction; empty if they prove none"
        ) { Value($0.metric.proved, decimals: 4) },
        field(
            "equivalence_level", unit: .share,
            "the most often that a metric which differs by more is found within `equivalence_margin` or `proved_margin`"
        ) { Value($0.metric.equivalenceLevel, decimals: 4) },
        field(
            "detectable_change", title: "would find", unit: .share,
            "of `check` and files: the change, as a share of the base, that nine of ten such comparisons would report; empty otherwise"
        ) { Value($0.metric.detectable, decimals: 4) },
    ]

    private static let identity: [Field<FindingRow>] = [
        schema(schema),
        field("started_at", kind: .text, roles: .present, "start of the comparison, ISO 8601, UTC") {
            .text(Timestamp.iso8601($0.findings.startedAt))
        },
        field("base", kind: .text, "the base, as it was named on the command line") {
            .text($0.findings.base)
        },
        field("candidate", kind: .text, "the candidate, as it was named on the command line") {
            .text($0.findings.candidate)
        },
        field("scenario", kind: .text, roles: .present, "name of the workload") { .text($0.cell.load.scenario) },
        field(
            "base_lock", kind: .text, roles: .present,
            "the base's lock; differs from the candidate's where two locks are compared"
        ) { .text($0.cell.baseLock) },
        field("candidate_lock", kind: .text, roles: .present, "the candidate's lock") { .text($0.cell.candidateLock) },
        field("workers", kind: .count, roles: .present, "number of processes that contend for the lock") {
            .integer($0.cell.load.workers)
        },
        field(
            "metric", kind: .words(Metric.all.map(\.name)), roles: .present,
            "`throughput`, `p50`, `p99`, `hold`, `handoff` (`hand-off` in CSV), `fairness`, `cpu` (CPU time of all workers per acquisition), `heap`, `recovery`, `integrity` (1 is ok, 0 broken)"
        ) { $0.metric.metric.recorded },
        field(
            "unit", kind: .words(Metric.all.map(\.unitName).filter { !$0.isEmpty }.uniqued()),
            "unit of the metric's medians; empty for a dimensionless metric"
        ) {
            .text($0.metric.metric.unitName)
        },
    ]

    /// What tables show beside the change.
    private static let estimate = field(
        "candidate_estimate", title: "candidate",
        "`base_median` times `ratio`, which tables show, so that the figures of a row agree: an estimate of the candidate's median under the conditions of the base's rounds; without a ratio, `candidate_median`"
    ) { Value($0.metric.candidateFigure, decimals: 3) }

    private static let figures: [Field<FindingRow>] = [
        field("base_median", title: "base", "median over the base's rounds") { Value($0.metric.base, decimals: 3) },
        field("candidate_median", "median over the candidate's rounds") { Value($0.metric.candidate, decimals: 3) },
        field(
            "ratio", title: "change",
            "candidate to base: the median of all averages of two blocks (Hodges and Lehmann's estimate); of `check`, and of files with references, a ratio of ratios to these; empty if too little was measured"
        ) { ratio($0.metric.change?.ratio) },
        field("ratio_low", title: "interval", "lower end of the ratio's confidence interval") {
            ratio($0.metric.change?.low)
        },
        field("ratio_high", "upper end of the ratio's confidence interval") { ratio($0.metric.change?.high) },
        field("confidence", unit: .share, "confidence of the ratio's interval") {
            Value($0.metric.change?.confidence, decimals: 6)
        },
        field(
            "samples", kind: .count, "blocks; of `check` and of files, the candidate's rounds"
        ) { $0.metric.change.map { .integer($0.samples) } ?? .empty },
        field(
            "fresh_ratio", title: "fresh",
            "as `ratio`, from the fresh rounds that confirm a change; empty without a change"
        ) { ratio($0.metric.fresh?.ratio) },
        field("fresh_ratio_low", "lower end of the confidence interval of `fresh_ratio`") {
            ratio($0.metric.fresh?.low)
        },
        field("fresh_ratio_high", "upper end of the confidence interval of `fresh_ratio`") {
            ratio($0.metric.fresh?.high)
        },
        field("fresh_samples", kind: .count, "as `samples`, of the fresh rounds") {
            $0.metric.fresh.map { .integer($0.samples) } ?? .empty
        },
    ]

    private static let verdicts: [Field<FindingRow>] = [
        field(
            "threshold", title: "margin", unit: .share,
            "the minimum change to report, as a share: the requested threshold, or one step of the clock if that is more; for `check` and files at least the spread of nine in ten rounds around the median on either side, plus the disagreement of the two references"
        ) { Value($0.metric.threshold, decimals: 4) },
        field(
            "verdict", kind: .words(ComparisonVerdict.judgements),
            "`faster`, `slower`, `same` (equivalent), `inconclusive` (undecided), `broken`, `unjudged` (the control failed, ratios do not transfer, too few blocks, the candidate lacks the metric); empty where it was not measured. Every metric that became worse is `slower`"
        ) { Value($0.metric.word == .missing ? nil : $0.metric.word.rawValue) },
        field(
            "cell_verdict", kind: .words(ComparisonVerdict.judgements), roles: .present,
            "the verdict on the cell, with the same words: that of its worst metric"
        ) { .text($0.cell.word.rawValue) },
        field("note", kind: .text, "the reason for the verdict, if it needs one") {
            Value($0.metric.note ?? $0.cell.note)
        },
        field(
            "false_alarms", unit: .share, roles: .present,
            "family-wise false-positive rate, over all rows of the comparison"
        ) { Value(rate: $0.findings.falseAlarms) },
        field("seed", kind: .text, "seed of the order of rounds; empty for two files") {
            Value($0.findings.seed.map { "\($0)" })
        },
    ]

    private static func ratio(_ value: Double?) -> Value { Value(value, decimals: 5) }

    private static func field(
        _ name: String, title: String? = nil, kind: Kind = .number, unit: FieldUnit? = nil, roles: Roles = [],
        _ doc: String, _ value: @escaping @Sendable (FindingRow) -> Value
    ) -> Field { Field(name, title: title, kind: kind, unit: unit, roles: roles, doc, value) }
}

extension ComparisonVerdict {
    /// The words of documents for programs.
    fileprivate static var judgements: [String] { allCases.filter { $0 != .missing }.map(\.rawValue) }
}
