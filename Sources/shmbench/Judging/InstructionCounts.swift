internal import ShmCompare
internal import ShmCoordinator
internal import ShmRecord

/// The instructions and system calls of each pair of locks that a comparison measures.
struct InstructionCounts {
    private struct Locks: Hashable {
        let base: String
        let candidate: String

        init(_ pair: Comparison.Pair) { (base, candidate) = (pair.baseLock, pair.candidateLock) }
    }

    private var counts: [Locks: Result<PathComparison, Failure>] = [:]
    private let isJudged: Bool

    /// Counts on both sides, for each pair of locks once. A refusal to count is part of the findings.
    ///
    /// - Parameters:
    ///   - threshold: minimum rise to report, as a share of the base.
    ///   - isJudged: whether a rise is a regression.
    /// - Throws: ``Failure`` if a measuring process ends or does not answer.
    init(_ pairs: [Comparison.Pair], by measurer: BlockMeasurer, threshold: Double, isJudged: Bool) throws {
        self.isJudged = isJudged
        for locks in pairs.map(Locks.init).uniqued() {
            let base = try measurer.count(locks.base, of: .base)
            let candidate = try measurer.count(locks.candidate, of: .candidate)
            counts[locks] = base.flatMap { base in
                candidate.map {
                    PathComparison(base: base, candidate: $0, threshold: threshold, isJudged: isJudged)
                }
            }
        }
    }

    /// The finding for a cell.
    func finding(_ pair: Comparison.Pair) -> MetricFinding {
        switch counts[Locks(pair)] {
        case .success(let comparison): return comparison.finding(workers: pair.load.workers)
        case .failure(let failure) where isJudged:
            return MetricFinding(metric: .instructions, threshold: 0, word: .unjudged, note: failure.message)
        default: return MetricFinding(metric: .instructions, threshold: 0)
        }
    }

    /// What differs, and what could not be counted, where it is not judged.
    var notes: [String] {
        if isJudged { return [] }
        return counts.sorted { ($0.key.base, $0.key.candidate) < ($1.key.base, $1.key.candidate) }.compactMap {
            locks, count in
            let name = locks.base == locks.candidate ? locks.base : "\(locks.base) → \(locks.candidate)"
            switch count {
            case .failure(let failure): return "Instructions of \(name) were not counted: \(failure.message)."
            case .success(let comparison):
                let differences = [1, 2].compactMap { comparison.finding(workers: $0).note }
                return differences.isEmpty
                    ? nil
                    : "Instructions of \(name), not judged without `--metrics instructions`: \(differences.joined(separator: ", "))."
            }
        }
    }
}
