internal import Glibc
package import ShmRecord

/// What two things are compared by: a figure of a round, and how it is judged.
package struct Metric: Sendable {
    /// As users write it, and as the findings have it.
    package let name: String
    /// What it is, for a person.
    package let summary: String
    /// The least change that counts, as a share of the base, where nothing else is asked for. It is above what builds of one
    /// source differ by for no reason (the placing of code and stacks), and for the tails and what depends on the scheduler
    /// above what such differences are amplified to.
    package let usualThreshold: Double
    /// Whether more of it is better.
    package let isBetterWhenMore: Bool
    /// What it becomes, for a person.
    package let words: (worse: String, better: String)
    /// Its value in a round; `nil` where it was not measured.
    package let value: @Sendable (Record) -> Double?
    package let judgement: Judgement
    package let scale: Scale
    private let quantity: Quantity
    private let need: Need

    /// How it is judged.
    package enum Judgement: Sendable {
        case ratio
        /// A rule of its own.
        case rule
    }

    /// What it is compared with where rounds were not measured in turn: as ratios to that it carries over from one machine
    /// to another.
    package enum Scale: Sendable {
        /// It is a ratio by itself.
        case none
        /// The same figure of a reference.
        case reference
        /// It is read from a clock, and compared with a mean of such readings of a reference, so that the price of a reading
        /// is in both: percentiles would be in steps of the clock.
        case clock(mean: String)
        /// Another column of the same round.
        case own(String)
    }

    /// What a value is.
    package enum Quantity: Sendable {
        case rate, time
        /// Of which small differences are shown.
        case fineTime
        case share, bytes, verdict
    }

    /// Without what it is not measured.
    package enum Need: Sendable { case nothing, otherWorkers, kills }

    /// - Parameters:
    ///   - name: a short name of the column that has it, where there is no `value`.
    ///   - value: what it follows from.
    package init(
        _ name: String, _ quantity: Quantity, threshold: Double, _ summary: String, judgement: Judgement = .ratio,
        scale: Scale, need: Need = .nothing, words: (worse: String, better: String) = ("SLOWER", "faster"),
        value: (@Sendable (Record) -> Double?)? = nil
    ) {
        self.name = name
        self.quantity = quantity
        self.summary = summary
        self.judgement = judgement
        self.scale = scale
        self.need = need
        self.words = words
        usualThreshold = threshold
        let field = ResultColumn.named(name)
        isBetterWhenMore = field?.better == .more
        let column = field?.name ?? name
        self.value = { record in
            if need == .otherWorkers && !(record.number("workers").map { $0 > 1 } ?? false) { return nil }
            return value.map { $0(record) } ?? record.number(column)
        }
    }

    /// Those that are compared by ratios. The others are judged by rules.
    package var isRatio: Bool { judgement == .ratio }

    /// The logarithm of its value in a round; `nil` where there is none.
    package func logarithm(_ record: Record) -> Double? { value(record).flatMap { $0 > 0 ? log($0) : nil } }

    /// The steps in which it is measured: a difference of one says nothing.
    package func step(_ record: Record) -> Double {
        if case .clock = scale { record.number("clock_step_ns") ?? 0 } else { 0 }
    }

    /// Whether it exists under a load, as far as that is known beforehand: not every hypothesis is one everywhere.
    package func isMeasured(workers: Int, kills: Bool) -> Bool {
        switch need {
        case .nothing: true
        case .otherWorkers: workers > 1
        case .kills: kills && workers > 1
        }
    }

    /// A value for a person.
    package func shown(_ value: Double) -> String {
        switch quantity {
        case .rate: Figure.rate(value)
        case .time: Figure.time(value)
        case .fineTime: value < 100 ? "\(Figure.decimal(value, 2)) ns" : Figure.time(value)
        case .share: Figure.decimal(value, 3)
        case .bytes: "\(Figure.decimal(value, 3)) B"
        case .verdict: value == 1 ? "ok" : "BROKEN"
        }
    }

    package var unit: String {
        switch quantity {
        case .rate: "1/s"
        case .time, .fineTime: "ns"
        case .bytes: "bytes"
        case .share, .verdict: ""
        }
    }
}

extension Metric: Hashable {
    package static func == (one: Metric, other: Metric) -> Bool { one.name == other.name }

    package func hash(into hasher: inout Hasher) { hasher.combine(name) }
}
