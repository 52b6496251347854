package import ShmCoordinator
package import ShmRecord

/// What a comparison says of a metric, and of a cell.
package enum Word: String {
    case faster, slower, same, inconclusive
    /// The candidate lost updates, let two in, got stuck, or hung after a kill.
    case broken
    /// The same thing against itself came out different, or the base is no measure: nothing can be judged here and now.
    case unjudged
    /// There was nothing to compare.
    case missing = "-"
}

/// A ratio of candidate to base, with its confidence interval.
package struct Change: Equatable {
    package let ratio: Double
    package let low: Double
    package let high: Double
    package let confidence: Double
    /// Blocks, or rounds of the candidate where there are no blocks.
    package let samples: Int

    package init(
        ratio: Double, low: Double, high: Double, confidence: Double, samples: Int
    ) {
        self.ratio = ratio
        self.low = low
        self.high = high
        self.confidence = confidence
        self.samples = samples
    }

    /// The interval in words.
    package var interval: String {
        if low == 0 || !high.isFinite { return "-" }
        return "\(Percent.change(low)) to \(Percent.change(high))"
    }
}

/// A metric of a cell, compared.
package struct MetricFinding {
    package let metric: Metric
    /// The least change that counts, as a share of the base.
    package var threshold: Double
    /// Medians over the rounds.
    package var base: Double?
    package var candidate: Double?
    /// What was found first, and then in fresh rounds.
    package var change: Change?
    package var fresh: Change?
    package var word: Word
    /// Anything that a person must know beside that.
    package var note: String?
    /// Whether a sample is a block of rounds of both sides.
    package var isPaired: Bool

    package init(
        metric: Metric, threshold: Double, base: Double? = nil, candidate: Double? = nil, change: Change? = nil,
        fresh: Change? = nil, word: Word = Word.missing, note: String? = nil, isPaired: Bool = true
    ) {
        self.metric = metric
        self.threshold = threshold
        self.base = base
        self.candidate = candidate
        self.change = change
        self.fresh = fresh
        self.word = word
        self.note = note
        self.isPaired = isPaired
    }

    /// What is made of a metric that has a figure and cannot be compared. That the candidate has none where the base has one
    /// is no good news.
    package static func whatIsMissing(_ finding: MetricFinding, otherwise whose: String) -> (Word, note: String) {
        if finding.candidate == nil { return (.unjudged, "not measured of the candidate") }
        return (.inconclusive, "not measured \(finding.base == nil ? "of the base" : whose)")
    }
}

/// A cell, compared.
package struct CellFinding {
    package let load: Load
    package let baseLock: String
    package let candidateLock: String
    package var metrics: [MetricFinding]
    /// Why it is broken or cannot be judged.
    package var note: String?

    package init(
        load: Load, baseLock: String, candidateLock: String, metrics: [MetricFinding], note: String? = nil
    ) {
        self.load = load
        self.baseLock = baseLock
        self.candidateLock = candidateLock
        self.metrics = metrics
        self.note = note
    }
    package var word: Word {
        let words = metrics.map(\.word)
        for word in [Word.broken, .slower, .unjudged] where words.contains(word) { return word }
        let ratios = metrics.filter(\.metric.isRatio)
        // Where nothing was measured nothing is the same.
        let asked = ratios.isEmpty ? metrics.filter { $0.metric != .integrity } : ratios
        let isEmpty = metrics.isEmpty || (!asked.isEmpty && asked.allSatisfy { $0.word == .missing })
        if isEmpty || words.contains(.inconclusive) { return .inconclusive }
        return words.contains(.faster) ? .faster : .same
    }

    /// `futex × 2`, or `futex → mcs × 2`.
    package var title: String {
        let lock = baseLock == candidateLock ? baseLock : "\(baseLock) → \(candidateLock)"
        let scenario = load.scenario == "default" ? "" : "\(load.scenario): "
        return "\(scenario)\(lock) × \(load.workers)"
    }
}

/// All of a comparison.
package struct Findings {
    /// What was compared with what, as the user named them.
    package let base: String
    package let candidate: String
    package var cells: [CellFinding]
    /// The chance of a false alarm in all of it, at most.
    package let falseAlarms: Double
    package let startedAt: Int
    package let seed: UInt64?
    /// What a person must know of how it was done.
    package var notes: [String]
    /// Whether it is a failure that something could not be decided.
    package var failsInconclusive: Bool

    package init(
        base: String, candidate: String, cells: [CellFinding], falseAlarms: Double, startedAt: Int, seed: UInt64? = nil,
        notes: [String] = [], failsInconclusive: Bool = false
    ) {
        self.base = base
        self.candidate = candidate
        self.cells = cells
        self.falseAlarms = falseAlarms
        self.startedAt = startedAt
        self.seed = seed
        self.notes = notes
        self.failsInconclusive = failsInconclusive
    }

    /// Whether nothing at all could be decided.
    package var isOpen: Bool { cells.allSatisfy { $0.word == .inconclusive } }

    /// How the program ends.
    package var status: ExitStatus { status(failsInconclusive: failsInconclusive) }

    package func status(failsInconclusive: Bool) -> ExitStatus {
        let words = cells.map(\.word)
        // What compared nothing is not green.
        if words.isEmpty { return .failed }
        if words.contains(.broken) { return .integrity }
        if words.contains(.slower) { return .regression }
        if words.contains(.unjudged) { return .failed }
        return failsInconclusive && words.contains(.inconclusive) ? .inconclusive : .ok
    }
}
