/// What a comparison says of a metric, and of a cell.
enum Word: String {
    case faster, slower, same, inconclusive
    /// The candidate lost updates, let two in, got stuck, or hung after a kill.
    case broken
    /// The same thing against itself came out different, or the base is no measure: nothing can be judged here and now.
    case unjudged
    /// There was nothing to compare.
    case missing = "-"
}

/// A ratio of candidate to base, with its confidence interval.
struct Change: Equatable {
    let ratio: Double
    let low: Double
    let high: Double
    let confidence: Double
    /// Blocks, or rounds of the candidate where there are no blocks.
    let samples: Int

    /// The interval in words.
    var interval: String {
        if low == 0 || !high.isFinite { return "-" }
        return "\(Percent.change(low)) to \(Percent.change(high))"
    }
}

/// A metric of a cell, compared.
struct MetricFinding {
    let metric: Metric
    /// The least change that counts, as a share of the base.
    var threshold: Double
    /// Medians over the rounds.
    var base: Double?
    var candidate: Double?
    /// What was found first, and then in fresh rounds.
    var change: Change?
    var fresh: Change?
    var word = Word.missing
    /// Anything that a person must know beside that.
    var note: String?
    /// Whether a sample is a block of rounds of both sides.
    var isPaired = true

    /// What is made of a metric that has a figure and cannot be compared. That the candidate has none where the base has one
    /// is no good news.
    static func whatIsMissing(_ finding: MetricFinding, otherwise whose: String) -> (Word, note: String) {
        if finding.candidate == nil { return (.unjudged, "not measured of the candidate") }
        return (.inconclusive, "not measured \(finding.base == nil ? "of the base" : whose)")
    }
}

/// A cell, compared.
struct CellFinding {
    let load: Load
    let baseLock: String
    let candidateLock: String
    var metrics: [MetricFinding]
    /// Why it is broken or cannot be judged.
    var note: String?
    var word: Word {
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
    var title: String {
        let lock = baseLock == candidateLock ? baseLock : "\(baseLock) → \(candidateLock)"
        let scenario = load.scenario == "default" ? "" : "\(load.scenario): "
        return "\(scenario)\(lock) × \(load.workers)"
    }
}

/// All of a comparison.
struct Findings {
    /// What was compared with what, as the user named them.
    let base: String
    let candidate: String
    var cells: [CellFinding]
    /// The chance of a false alarm in all of it, at most.
    let falseAlarms: Double
    let startedAt: Int
    let seed: UInt64?
    /// What a person must know of how it was done.
    var notes: [String] = []
    /// Whether it is a failure that something could not be decided.
    var failsInconclusive = false

    /// Whether nothing at all could be decided.
    var isOpen: Bool { cells.allSatisfy { $0.word == .inconclusive } }

    /// How the program ends.
    var status: ExitStatus { status(failsInconclusive: failsInconclusive) }

    func status(failsInconclusive: Bool) -> ExitStatus {
        let words = cells.map(\.word)
        // What compared nothing is not green.
        if words.isEmpty { return .failed }
        if words.contains(.broken) { return .integrity }
        if words.contains(.slower) { return .regression }
        if words.contains(.unjudged) { return .failed }
        return failsInconclusive && words.contains(.inconclusive) ? .inconclusive : .ok
    }
}
