internal import Glibc
package import ShmRecord

/// A figure of a round that comparisons judge, and the rule by which they judge it.
package struct Metric: Sendable {
    /// The name in options and findings.
    package let name: String
    /// The meaning, for help and documents.
    package let summary: String
    /// Default minimum relative change to report, as a share of the base. It exceeds the differences between builds of one
    /// source, which come from the layout of code and stacks; for tails and metrics that depend on the scheduler, it exceeds
    /// their amplified effect.
    package let usualThreshold: Double
    /// The largest margin of equivalence that noise may lead to, as a share of the base. A larger one would call programs
    /// equivalent between which users choose.
    package let marginCap: Double
    /// The windows of a round in which it is measured, besides the throughput window.
    package let windows: [Window]
    /// Whether more is better.
    package let isBetterWhenMore: Bool
    /// The verdicts in tables.
    package let words: (worse: String, better: String)
    /// The value in a round; `nil` if it was not measured.
    package let value: @Sendable (Record) -> Double?
    package let judgement: Judgement
    package let scale: Scale
    private let column: String
    private let unit: FieldUnit
    /// The decimals of shown values; see ``FieldUnit/shown(_:decimals:)``.
    private let decimals: Int?
    /// Whether 1 stands for ok, and 0 for broken.
    private let isVerdict: Bool
    private let need: Need

    /// The kind of judgement.
    package enum Judgement: Sendable {
        case ratio
        /// A rule for this metric alone.
        case rule
    }

    /// The denominator of the ratios that make rounds of different sessions or machines comparable.
    package enum Scale: Sendable {
        /// The metric is dimensionless.
        case none
        /// The same metric of a reference.
        case reference
        /// A mean of a reference that the same clock timed, so that both contain the cost of a reading. A percentile would be a
        /// multiple of the clock's step.
        case clock(mean: String)
        /// Another column of the same round.
        case own(String)
    }

    /// The condition under which the metric is measured.
    package enum Need: Sendable { case nothing, otherWorkers, kills }

    /// A window of a round that only some metrics need.
    package enum Window: Sendable { case latency, order }

    /// - Parameters:
    ///   - name: the name; without `value`, a short name of the column.
    ///   - unit: the default is the unit of the column.
    ///   - threshold: default minimum relative change to report.
    ///   - cap: the largest margin of equivalence that noise may lead to.
    ///   - windows: the windows that the metric, and what its ratios are taken to, are measured in.
    ///   - value: computes the value from a round.
    package init(
        _ name: String, unit: FieldUnit? = nil, decimals: Int? = nil, threshold: Double, cap: Double = 0,
        _ summary: String, judgement: Judgement = .ratio, scale: Scale, need: Need = .nothing,
        windows: [Window] = [],
        words: (worse: String, better: String) = ("SLOWER", "faster"),
        value: (@Sendable (Record) -> Double?)? = nil
    ) {
        self.name = name
        self.decimals = decimals
        self.summary = summary
        self.judgement = judgement
        self.scale = scale
        self.need = need
        self.words = words
        usualThreshold = threshold
        marginCap = cap
        self.windows = windows
        let field = ResultColumn.named(name)
        self.unit = unit ?? field?.unit ?? .plain
        isVerdict = field?.kind.isNumeric == false
        isBetterWhenMore = field?.better == .more
        let column = field?.name ?? name
        self.column = column
        self.value = { record in
            if need == .otherWorkers && !(record.number("workers").map { $0 > 1 } ?? false) { return nil }
            return value.map { $0(record) } ?? record.number(column)
        }
    }

    /// The name in findings for programs. Schema 1 of the CSV keeps an older spelling.
    package var recorded: Value { name == "handoff" ? .renamed(csv: "hand-off", json: name) : .text(name) }

    /// Whether ratios are judged.
    package var isRatio: Bool { judgement == .ratio }

    /// The logarithm of the value in a round; `nil` if the value is missing or 0.
    package func logarithm(_ record: Record) -> Double? { value(record).flatMap { $0 > 0 ? log($0) : nil } }

    /// The number of samples that the percentile needs in a round; `nil` for other metrics.
    package var samplesNeeded: UInt64? { Record.samplesNeeded(column) }

    /// Whether a round has too few samples for the percentile.
    package func lacksSamples(_ record: Record) -> Bool {
        guard let needed = samplesNeeded, let name = Record.samplesColumn(column) else { return false }
        return record.number(name).map { $0 < Double(needed) } ?? false
    }

    /// The resolution of the clock in a round, ns; 0 for metrics that are not timed.
    package func step(_ record: Record) -> Double {
        if case .clock = scale { record.number("clock_step_ns") ?? 0 } else { 0 }
    }

    /// Whether the metric can be measured under a load, so that it counts as a hypothesis.
    package func isMeasured(workers: Int, kills: Bool) -> Bool {
        switch need {
        case .nothing: true
        case .otherWorkers: workers > 1
        case .kills: kills && workers > 1
        }
    }

    /// A value with its unit.
    package func shown(_ value: Double) -> String {
        if isVerdict { return value == 1 ? "ok" : "BROKEN" }
        return unit.shown(value, decimals: decimals)
    }

    /// The unit of the values in documents for programs; empty for a dimensionless metric.
    package var unitName: String { unit == .share ? "" : unit.rawValue }
}

extension Metric: Hashable {
    package static func == (one: Metric, other: Metric) -> Bool { one.name == other.name }

    package func hash(into hasher: inout Hasher) { hasher.combine(name) }
}
