internal import Glibc
internal import ShmCoordinator
internal import ShmCore
internal import ShmRecord
package import ShmStatistics

/// The ranking of locks under one load by one figure: the best one, and which of the others cannot be told from it.
///
/// The method is that of ``BestComparison``. Rounds pair by their number and run.
package struct Ranking {
    /// A lock other than the best.
    package struct Rival {
        package let summary: CellSummary
        package let standing: Standing
        /// The ratio of the best to this lock, with its interval: more than 1 if the best is better. `nil` if they have no
        /// round in common.
        package let ratio: (estimate: Double, low: Double, high: Double)?
        /// The number of common rounds.
        package let rounds: Int
        /// The number of rounds that would probably decide; `nil` if unknown or more than ``BestComparison/mostPairs``.
        package let roundsToDecide: Int?
        /// Whether one of the two is of a plugin, and the cost of its calls can be all that separates them.
        package let isWithinPluginCalls: Bool
        /// Whether it is better than the best in the rounds that both have, which only a circle of such leads leaves.
        fileprivate let isBetter: Bool
    }

    /// What the interval says of a lock beside the best.
    package enum Standing: Equatable {
        /// The best is better by more than the threshold.
        case behind
        /// There is no difference above the threshold.
        case equivalent
        /// The interval is too wide.
        case undecided
    }

    /// Why a lock is recommended.
    package enum Reason: Equatable {
        /// No other lock ties with it.
        case best
        /// Of the ties, only it survives its owner's death.
        case survives
        /// Of the ties that survive their owner's death, the catalogue lists it first.
        case firstSurvivor
        /// No tie survives its owner's death, and the catalogue lists it first.
        case first
    }

    package let metric: Metric
    /// The lock with the best median, or one that is better in the rounds that both have.
    package let best: CellSummary
    /// The others, by their medians.
    package let rivals: [Rival]

    /// The factor up to which a lock of a plugin may be slower for its calls through pointers alone. The same futex as a
    /// plugin and built in differ by a factor of about 1.4, with one worker and with eight (`scripts/error-rates winners`).
    package static let pluginCalls = 2.0

    /// Ranks at least two locks that have the figure; `nil` for fewer.
    ///
    /// - Parameters:
    ///   - confidence: that of each interval (``BestComparison/confidence(errorRate:alternatives:)``).
    ///   - sizes: those of other rankings.
    package init?(
        _ summaries: [CellSummary], by metric: Metric, confidence: Double,
        sizes: BestComparison.Sizes = BestComparison.Sizes()
    ) {
        let lines = Self.measured(summaries, metric)
        let values = lines.map { Self.logarithms($0, metric) }
        let least = lines.flatMap(\.records).compactMap(metric.value).filter { $0 > 0 }.min() ?? 1
        let step = lines.flatMap(\.records).map(metric.step).max() ?? 0
        guard
            let comparison = BestComparison(
                values, threshold: log1p(metric.usualThreshold), resolution: log1p(step / least),
                handicaps: Self.handicaps(lines, metric), confidence: confidence, sizes: sizes)
        else { return nil }
        self.metric = metric
        best = lines[comparison.best]
        rivals = comparison.rivals.sorted { left, right in
            Self.middle(values[left.index]) > Self.middle(values[right.index])
        }.map { Rival($0, lines[$0.index]) }
    }

    /// The lines with the figure in at least half of their rounds; fewer do not represent the others.
    package static func measured(_ summaries: [CellSummary], _ metric: Metric) -> [CellSummary] {
        summaries.filter { line in line.records.count { metric.logarithm($0) != nil } * 2 >= line.records.count }
    }

    /// The lock that is better than each other one; `nil` if there are ties.
    package var winner: CellSummary? { tied.isEmpty ? best : nil }
    /// The locks that cannot be told from the best.
    package var tied: [Rival] { rivals.filter { $0.standing != .behind } }
    package var undecided: [Rival] { rivals.filter { $0.standing == .undecided } }
    package var equivalent: [Rival] { rivals.filter { $0.standing == .equivalent } }
    /// The best and its ties, by their medians.
    package var leaders: [CellSummary] { [best] + tied.map(\.summary) }

    /// The recommended lock, and why: of the ties one that survives its owner's death, and of several the one that the
    /// catalogue lists first. Within a family, the catalogue lists simpler locks first. `nil` if too few rounds say
    /// anything of one of them.
    package var choice: (lock: CellSummary, reason: Reason)? {
        if undecided.contains(where: { $0.rounds < BestComparison.fewestPairs }) { return nil }
        if tied.isEmpty { return (best, .best) }
        let places = LockKind.places
        func first(_ lines: [CellSummary]) -> CellSummary? {
            lines.min { places[$0.lock] ?? .max < places[$1.lock] ?? .max }
        }
        let survivors = leaders.filter(\.survivesOwnerDeath)
        guard let survivor = first(survivors) else { return (first(leaders) ?? best, .first) }
        return (survivor, survivors.count == 1 ? .survives : .firstSurvivor)
    }

    /// What more rounds would do about the undecided.
    package enum Remedy: Equatable {
        /// About this number of rounds would decide all of them, or most: locks that differ by about the threshold would take
        /// any number.
        case rounds(Int, decidesAll: Bool)
        /// There are fewer than two rounds in common.
        case unknown
        /// ``BestComparison/mostPairs`` would not suffice for most of them.
        case beyondLimit
        /// They have no round in common.
        case unpaired
    }

    /// The undecided that rounds can decide: not those within the cost of a plugin's calls, nor leads that contradict each
    /// other.
    package var open: [Rival] { undecided.filter { !$0.isBetter && !$0.isWithinPluginCalls } }

    /// What would decide the open ones; `nil` if there are none.
    package var remedy: Remedy? { Self.remedy(for: open) }

    /// What would decide rivals of one ranking or several; `nil` for none.
    package static func remedy(for rivals: [Rival]) -> Remedy? {
        if rivals.isEmpty { return nil }
        if rivals.contains(where: { $0.rounds == 0 }) { return .unpaired }
        if rivals.contains(where: { $0.rounds < 2 }) { return .unknown }
        let needed = rivals.map { $0.roundsToDecide ?? .max }.sorted()
        let most = needed[needed.count / 2]
        return most == .max ? .beyondLimit : .rounds(most, decidesAll: most == needed.last)
    }

    /// What the calls of plugins may cost, for figures that have a unit: throughput and times, not fairness.
    private static func handicaps(_ lines: [CellSummary], _ metric: Metric) -> [Double] {
        lines.map { metric.unitName.isEmpty || LockKind.isBuiltIn($0.lock) ? 0 : log(pluginCalls) }
    }

    private static func middle(_ values: [RoundID: Double]) -> Double { median(values.values) ?? -.infinity }

    /// The logarithms by round, where more is better.
    private static func logarithms(_ line: CellSummary, _ metric: Metric) -> [RoundID: Double] {
        let pairs = line.records.compactMap { record in
            metric.logarithm(record).map { (RoundID(record), metric.isBetterWhenMore ? $0 : -$0) }
        }
        return Dictionary(pairs) { first, _ in first }
    }
}

extension Ranking.Rival {
    fileprivate init(_ rival: BestComparison.Rival, _ summary: CellSummary) {
        self.summary = summary
        standing =
            switch rival.direction {
            case .higher: .behind
            case .equivalent: .equivalent
            case .lower, .undecided: .undecided
            }
        isWithinPluginCalls = rival.isWithinHandicap && standing != .behind
        isBetter = rival.direction == .lower
        ratio = rival.lead.map { (exp($0.estimate), exp($0.low), exp($0.high)) }
        rounds = rival.pairs
        roundsToDecide = rival.pairsToDecide
    }
}
