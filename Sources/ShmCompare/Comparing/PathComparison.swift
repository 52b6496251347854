package import ShmCoordinator
internal import ShmHarness

/// Compares the instructions and system calls of a lock's paths on both sides; see `PathCounter`.
///
/// The counts have no noise, so the comparison needs no interval and makes no error: a path has changed if the ranges of its
/// repetitions are apart. It says nothing about time.
package struct PathComparison {
    /// How often each path is counted, on each side.
    package static let repetitions = 3

    private let base: [PathCost]
    private let candidate: [PathCost]
    /// Minimum rise to report, as a share of the base.
    private let threshold: Double
    /// Whether a rise is a regression. Otherwise the counts are shown.
    private let isJudged: Bool

    package init(base: [PathCost], candidate: [PathCost], threshold: Double, isJudged: Bool) {
        self.base = base
        self.candidate = candidate
        self.threshold = threshold
        self.isJudged = isJudged
    }

    /// The finding for a cell: with one worker the paths without contention, with more the others, of which the first is
    /// the figure.
    package func finding(workers: Int) -> MetricFinding {
        let paths = pairs.filter { $0.base.path.hasWaiters == (workers > 1) }
        let figure = paths.first { $0.base.path == .waiter } ?? paths.first
        var result = MetricFinding(
            metric: .instructions, threshold: threshold,
            base: figure.map { Double($0.base.instructions.lowerBound) },
            candidate: figure.map { Double($0.candidate.instructions.lowerBound) })
        guard let figure else { return result }
        let ends = (figure.base.instructions, figure.candidate.instructions)
        if ends.0.lowerBound > 0 {
            result.change = Change(
                ratio: Double(ends.1.lowerBound) / Double(ends.0.lowerBound),
                low: Double(ends.1.lowerBound) / Double(ends.0.upperBound),
                high: Double(ends.1.upperBound) / Double(ends.0.lowerBound), confidence: 1, samples: Self.repetitions)
        }
        let differences = paths.flatMap(differences)
        result.note = differences.isEmpty ? nil : differences.map(\.text).joined(separator: ", ")
        if isJudged {
            let words = differences.map(\.word)
            result.word = words.contains(.slower) ? .slower : words.contains(.faster) ? .faster : .equivalent
        }
        return result
    }

    private var pairs: [(base: PathCost, candidate: PathCost)] {
        base.compactMap { cost in
            candidate.first { $0.path == cost.path }.map { (cost, $0) }
        }
    }

    private func differences(_ pair: (base: PathCost, candidate: PathCost))
        -> [(text: String, word: ComparisonVerdict)]
    {
        [
            ("instructions", pair.base.instructions, pair.candidate.instructions),
            ("system calls", pair.base.systemCalls, pair.candidate.systemCalls),
        ].compactMap { what, before, after in
            if before.overlaps(after) { return nil }
            let isMore = Double(after.lowerBound) > Double(before.upperBound) * (1 + threshold)
            let isLess = Double(after.upperBound) < Double(before.lowerBound) / (1 + threshold)
            let word: ComparisonVerdict = isMore ? .slower : isLess ? .faster : .equivalent
            return ("\(pair.base.path) \(Self.text(before)) → \(Self.text(after)) \(what)", word)
        }
    }

    private static func text(_ range: ClosedRange<Int>) -> String {
        range.count == 1 ? "\(range.lowerBound)" : "\(range.lowerBound)–\(range.upperBound)"
    }
}
