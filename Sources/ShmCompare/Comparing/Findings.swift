package import ShmCoordinator
package import ShmRecord

/// The verdict on a metric, and on a cell. Raw values are those of schema 1.
package enum ComparisonVerdict: String, CaseIterable {
    case faster, slower
    /// Equivalent at the margin: any change is smaller than the threshold.
    case equivalent = "same"
    /// Neither a change nor equivalent.
    case undecided = "inconclusive"
    /// The candidate lost updates, admitted two processes, got stuck, or hung after a kill.
    case broken
    /// Not comparable: the base differs from itself or is broken, ratios do not transfer, or there are too few rounds.
    case unjudged
    /// Neither side has the metric.
    case missing = "-"
}

/// A ratio of candidate to base, with its confidence interval.
package struct Change: Equatable {
    package let ratio: Double
    package let low: Double
    package let high: Double
    package let confidence: Double
    /// The number of blocks, or of the candidate's rounds if there are no blocks.
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

    /// The interval in percent.
    package var interval: String {
        if low == 0 || !high.isFinite { return "-" }
        return "\(Percent.change(low)) to \(Percent.change(high))"
    }
}

/// The finding on one metric of a cell.
package struct MetricFinding {
    package let metric: Metric
    /// Minimum change to report, as a share of the base.
    package var threshold: Double
    /// The margin of equivalence, as a share of the base; `nil` if nothing was judged by it.
    package var margin: Double?
    package var marginSource: EquivalenceMargin.Source?
    /// The smallest margin that the data prove, as a share of the base: no change is beyond it. `nil` if they prove none.
    package var proved: Double?
    /// The probability with which a metric that differs by more is found within ``margin`` or ``proved``.
    package var equivalenceLevel: Double?
    /// The change that nine of ten such comparisons would report, as a share of the base; `nil` if unknown.
    package var detectable: Double?
    /// The medians over the rounds of each side; `nil` if not measured. They need not agree with ``change``, which is
    /// estimated from pairs, or from ratios to references: documents show ``candidateFigure``.
    package var base: Double?
    package var candidate: Double?
    /// The change in the first blocks, and in fresh ones.
    package var change: Change?
    package var fresh: Change?
    package var word: ComparisonVerdict
    /// A remark on the verdict.
    package var note: String?
    /// Whether samples are blocks of both sides, not single rounds.
    package var isPaired: Bool
    /// The ratios of candidate to base in the blocks behind ``change``, and in the fresh blocks; empty without blocks.
    package var blocks: [Double] = []
    package var freshBlocks: [Double] = []

    package init(
        metric: Metric, threshold: Double, base: Double? = nil, candidate: Double? = nil, change: Change? = nil,
        fresh: Change? = nil, word: ComparisonVerdict = ComparisonVerdict.missing, note: String? = nil,
        isPaired: Bool = true
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

    /// The margin in tables and pictures.
    package var shownMargin: Double { isPaired ? margin ?? threshold : threshold }

    /// The candidate's figure in documents: the base's median times the change, so that the figures of a row agree. Without
    /// a change, the candidate's median.
    package var candidateFigure: Double? {
        guard let base, let change else { return candidate }
        return base * change.ratio
    }

    /// The verdict on a metric that lacks figures. A metric that only the base has is not judged: the candidate may have lost
    /// it. A percentile of too few samples is undecided.
    ///
    /// - Parameter whose: what lacks the metric if both medians exist.
    package static func whatIsMissing(_ finding: MetricFinding, rounds: [Record] = [], otherwise whose: String)
        -> (ComparisonVerdict, note: String)
    {
        if let needed = finding.metric.samplesNeeded, rounds.contains(where: finding.metric.lacksSamples) {
            return (.undecided, "needs \(needed) samples in a round; use a longer --duration")
        }
        if finding.candidate == nil { return (.unjudged, "not measured in the candidate") }
        return (.undecided, "not measured \(finding.base == nil ? "in the base" : whose)")
    }
}

/// The findings on one cell.
package struct CellFinding {
    package let load: Load
    package let baseLock: String
    package let candidateLock: String
    package var metrics: [MetricFinding]
    /// Why the candidate is broken, or why the cell is not judged.
    package var note: String?
    /// Why the measurement ended although metrics were undecided; `nil` if none was, and for rounds from files.
    package var ending: Comparison.Ending?

    package init(
        load: Load, baseLock: String, candidateLock: String, metrics: [MetricFinding], note: String? = nil
    ) {
        self.load = load
        self.baseLock = baseLock
        self.candidateLock = candidateLock
        self.metrics = metrics
        self.note = note
    }

    /// The verdict on the cell: the worst of its metrics.
    package var word: ComparisonVerdict {
        let words = metrics.map(\.word)
        for word in [ComparisonVerdict.broken, .slower, .unjudged] where words.contains(word) { return word }
        let ratios = metrics.filter(\.metric.isRatio)
        // A cell without measured metrics is not equivalent.
        let asked = ratios.isEmpty ? metrics.filter { $0.metric != .integrity } : ratios
        let isEmpty = metrics.isEmpty || (!asked.isEmpty && asked.allSatisfy { $0.word == .missing })
        if isEmpty || words.contains(.undecided) { return .undecided }
        return words.contains(.faster) ? .faster : .equivalent
    }

    /// `futex × 2`, or `futex → mcs × 2, think 1µs`: parameters with another value than the default are named.
    package var title: String {
        let lock = baseLock == candidateLock ? baseLock : "\(baseLock) → \(candidateLock)"
        let scenario = load.scenario == "default" ? "" : "\(load.scenario): "
        return (["\(scenario)\(lock) × \(load.workers)"] + Parameter.all.compactMap { $0.unusual(load) })
            .joined(separator: ", ")
    }
}

/// The findings of a comparison.
package struct Findings {
    /// The two sides, as named on the command line.
    package let base: String
    package let candidate: String
    package var cells: [CellFinding]
    /// Family-wise false-positive rate, over all cells, metrics and interim looks.
    package let falseAlarms: Double
    package let startedAt: Int
    package let seed: UInt64?
    /// Remarks on the method.
    package var notes: [String]
    /// What makes the findings doubtful.
    package var warnings: [Warning] = []
    /// Whether undecided cells are a failure.
    package var failsUndecided: Bool
    /// What was asked for; `nil` if unknown.
    package var request: ComparisonRequest?
    /// Where the candidate was measured, by column (``FindingColumn``); without those in which its rounds differ.
    package private(set) var place: [String: String] = [:]

    package init(
        base: String, candidate: String, cells: [CellFinding], falseAlarms: Double, startedAt: Int, seed: UInt64? = nil,
        notes: [String] = [], failsUndecided: Bool = false
    ) {
        self.base = base
        self.candidate = candidate
        self.cells = cells
        self.falseAlarms = falseAlarms
        self.startedAt = startedAt
        self.seed = seed
        self.notes = notes
        self.failsUndecided = failsUndecided
    }

    /// Sets ``place`` by the candidate's rounds.
    package mutating func locate(_ rounds: [Record]) {
        place = [:]
        for name in FindingColumn.environment.map(\.name) {
            let values = Set(rounds.map { $0.text(name) })
            if values.count == 1, let value = values.first { place[name] = value }
        }
    }

    /// Whether all cells are undecided.
    package var isUndecided: Bool { cells.allSatisfy { $0.word == .undecided } }

    /// The exit code.
    package var status: ExitStatus { status(failsUndecided: failsUndecided) }

    /// The exit code.
    ///
    /// - Parameter failsUndecided: whether undecided cells are a failure.
    package func status(failsUndecided: Bool) -> ExitStatus {
        let words = cells.map(\.word)
        // A comparison without cells is not a success.
        if words.isEmpty { return .failed }
        if words.contains(.broken) { return .integrity }
        if words.contains(.slower) { return .regression }
        if words.contains(.unjudged) { return .failed }
        return failsUndecided && words.contains(.undecided) ? .undecided : .ok
    }
}
