internal import ShmCompare
internal import ShmCoordinator
internal import ShmStatistics

/// What would decide the comparisons by throughput that are undecided, in one sentence for all loads.
enum RemedyText {
    /// `nil` if all are decided, or nothing is known to help.
    static func sentence(_ rankings: [Rankings.OfLoad]) -> String? {
        let open = rankings.compactMap(\.speed).flatMap(\.open).filter { $0.rounds > 0 }
        guard let remedy = Ranking.remedy(for: open) else { return nil }
        let rounds = open.map(\.rounds).min() ?? 0
        return
            "\(counted(open.count, "comparison")) of throughput \(open.count == 1 ? "is" : "are") undecided after \(counted(rounds, "round")): "
            + words(remedy, isOne: open.count == 1)
    }

    private static func words(_ remedy: Ranking.Remedy, isOne: Bool) -> String {
        switch remedy {
        case .rounds(let count, let decidesAll):
            "about --rounds \(rounded(count)) would decide \(isOne ? "it" : decidesAll ? "them" : "most of them")."
        case .unknown: "use --rounds \(BestComparison.fewestPairs) or more."
        case .beyondLimit, .unpaired: "more rounds would hardly help; use a longer --duration."
        }
    }

    /// A number of rounds rounded up to two digits: it is an estimate.
    private static func rounded(_ count: Int) -> Int { count < 100 ? count : (count + 9) / 10 * 10 }
}
