internal import ShmCompare
internal import ShmCoordinator
internal import ShmStatistics

/// What would decide the comparisons by throughput that are undecided, in one sentence for all loads.
enum RemedyText {
    /// `nil` if all are decided, or nothing is known to help.
    static func sentence(_ rankings: [Rankings.OfLoad]) -> String? {
        let open = rankings.compactMap(\.speed).filter { $0.remedy != nil && $0.remedy != .unpaired }
        guard let remedy = remedy(open.compactMap(\.remedy)) else { return nil }
        let undecided = open.flatMap(\.undecided).filter { !$0.isWithinPluginCalls }
        let (count, rounds) = (undecided.count, undecided.map(\.rounds).min() ?? 0)
        return
            "\(counted(count, "comparison")) of throughput \(count == 1 ? "is" : "are") undecided after \(counted(rounds, "round")): "
            + words(remedy, isOne: count == 1)
    }

    /// What helps most loads.
    private static func remedy(_ remedies: [Ranking.Remedy]) -> Ranking.Remedy? {
        if remedies.contains(.unknown) { return .unknown }
        let rounds = remedies.compactMap { if case .rounds(let count, _) = $0 { count } else { nil } }
        guard let most = rounds.max() else { return remedies.first }
        let areAll = remedies.allSatisfy { if case .rounds(_, true) = $0 { true } else { false } }
        return .rounds(most, decidesAll: areAll)
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
