package import ShmCoordinator
internal import ShmRecord
package import ShmStatistics

/// The rankings of a document: by load, the locks that kept their promises. Computed when they are first asked for, since
/// they take time.
package final class Rankings {
    /// The rankings under one load; each is `nil` if fewer than two locks have the figure.
    package struct OfLoad {
        package let load: Load
        /// By throughput; `nil` in an open loop, whose schedule determines it.
        package let speed: Ranking?
        /// By throughput, of the locks that survive their owner's death.
        package let survivors: Ranking?
        /// By Jain's index within windows of 10 ms; `nil` in an open loop.
        package let fairness: Ranking?
        /// By p99.9; in an open loop by p99, of the locks that sustained the rate in each round if any did.
        package let tail: Ranking?
    }

    /// The probability that any false winner is named, for each kind of ranking, over all loads.
    package static let errorRate = 0.01
    /// Jain's index of a lock that is called fair.
    package static let leastFair = 0.9

    /// By load, in the order in which the loads first occur.
    package private(set) lazy var all = ranked()

    private let summaries: [CellSummary]
    private let sizes: BestComparison.Sizes

    /// - Parameter sizes: those of other rankings.
    package init(_ summaries: [CellSummary], sizes: BestComparison.Sizes = BestComparison.Sizes()) {
        self.summaries = summaries
        self.sizes = sizes
    }

    private func ranked() -> [OfLoad] {
        let real = summaries.filter { $0.excludes && $0.isAsPromised }
        let groups = Dictionary(grouping: real, by: \.load)
        let loads = real.map(\.load).uniqued()
        func rank(_ metric: (Load) -> Metric?, _ isWanted: (CellSummary) -> Bool = { _ in true }) -> [Load: Ranking] {
            let entries: [(Load, Metric, [CellSummary])] = loads.compactMap { load in
                metric(load).map { ($0, Ranking.measured((groups[load] ?? []).filter(isWanted), $0)) }.map {
                    (load, $0.0, $0.1)
                }
            }
            let confidence = BestComparison.confidence(
                errorRate: Self.errorRate, alternatives: entries.map(\.2.count))
            return Dictionary(
                uniqueKeysWithValues: entries.compactMap { load, metric, lines in
                    Ranking(lines, by: metric, confidence: confidence, sizes: sizes).map { (load, $0) }
                })
        }
        func closed(_ metric: Metric) -> (Load) -> Metric? { { $0.isOpen ? nil : metric } }
        let speed = rank(closed(.throughput))
        let survivors = rank(closed(.throughput), \.survivesOwnerDeath)
        let fairness = rank(closed(.windowFairness))
        // The percentiles of a lock that was overloaded in some rounds are those of the other rounds: they do not rank
        // beside those of locks that sustained the rate in each.
        let sustained = Set(real.filter { $0.overloadedRounds == 0 && $0.p99 != nil }.map(\.load))
        let tail = rank({ $0.isOpen ? .p99 : .tail }) { $0.overloadedRounds == 0 || !sustained.contains($0.load) }
        return loads.map { load in
            OfLoad(
                load: load, speed: speed[load], survivors: survivors[load], fairness: fairness[load], tail: tail[load])
        }
    }
}
