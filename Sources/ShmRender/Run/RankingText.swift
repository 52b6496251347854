internal import ShmCompare
internal import ShmCoordinator
internal import ShmRecord

/// The rankings of a load in a sentence: winners only where intervals separate them, else ties.
struct RankingText {
    let rankings: Rankings.OfLoad
    /// The lock's name, with the sign of those that survive.
    let name: (CellSummary) -> String

    /// The clauses on a closed loop; none if fewer than two locks were measured.
    var closed: [String] {
        guard let speed = rankings.speed else { return [] }
        return [
            self.speed(speed), rankings.fairness.flatMap(fairness),
            rankings.tail.flatMap { tail($0, "best tail", "p99.9") },
        ]
        .compactMap(\.self)
    }

    // MARK: Throughput

    private func speed(_ ranking: Ranking) -> String? {
        if saysNothing(ranking) { return survivors }
        var text: String
        if let winner = ranking.winner {
            text = "\(name(winner)) is fastest (\(rate(winner))\(lead(ranking)))"
        } else {
            text = ties(ranking)
            if let choice = ranking.choice { text += "; choose \(name(choice.lock)), \(Self.reason(choice.reason))" }
        }
        if !ranking.leaders.contains(where: \.survivesOwnerDeath) { text += survivors(below: ranking.best) }
        return text
    }

    /// Whether most locks, and more than are named, cannot be told from the best by the rounds that they have in common.
    private func saysNothing(_ ranking: Ranking) -> Bool {
        if ranking.undecided.isEmpty || ranking.undecided.contains(where: { $0.rounds == 0 }) { return false }
        let leaders = ranking.leaders.count
        return leaders > Self.mostNames + 1 && leaders * 2 > ranking.rivals.count + 1
    }

    /// The lead over the next lock: the estimate of the ratio.
    private func lead(_ ranking: Ranking) -> String {
        guard let next = ranking.rivals.first, let ratio = next.ratio else { return "" }
        return ", \(Figure.factor(ratio.estimate)) that of \(name(next.summary))"
    }

    /// The locks that cannot be told apart.
    private func ties(_ ranking: Ranking) -> String {
        let margin = Percent.text(ranking.metric.usualThreshold)
        let equivalent = ranking.equivalent.map(\.summary)
        if ranking.undecided.isEmpty {
            return "\(list([ranking.best] + equivalent)): no difference above \(margin) (\(rate(ranking.best)))"
        }
        let rounds = ranking.undecided.map(\.rounds).min() ?? 0
        let names = list([ranking.best] + ranking.undecided.map(\.summary))
        let strangers = ranking.undecided.filter { $0.rounds == 0 }.map(\.summary)
        if !strangers.isEmpty {
            return "\(list(strangers)) cannot be ranked beside \(name(ranking.best)): no rounds of one run have both"
        }
        let calls = ranking.undecided.filter(\.isWithinPluginCalls)
        if calls.count == ranking.undecided.count {
            return
                "\(list([ranking.best] + (calls + ranking.equivalent).map(\.summary))): no difference beyond a plugin's calls (up to \(most(ranking)))"
        }
        let tie =
            "\(names) cannot be told apart by \(counted(rounds, "round")) (up to \(most(ranking)))"
        let same =
            equivalent.isEmpty ? "" : "; no difference above \(margin): \(list([ranking.best] + equivalent))"
        return tie + same
    }

    /// The highest median of the best and its ties.
    private func most(_ ranking: Ranking) -> String {
        ranking.leaders.compactMap(\.throughput).max().map(Figure.rate) ?? "-"
    }

    private static func reason(_ reason: Ranking.Reason) -> String {
        switch reason {
        case .best: "the best"
        case .survives: "which survives its owner's death"
        case .firstSurvivor: "which survives its owner's death and is the first such lock in the catalogue"
        case .first: "the first of them in the catalogue"
        }
    }

    /// The locks that survive, if none of them is among the fastest.
    private func survivors(below best: CellSummary) -> String {
        guard let rate = best.throughput, let ranking = rankings.survivors else { return only(below: best) }
        let share = ranking.best.throughput.map { " (\(Figure.factor($0 / rate)))" } ?? ""
        if let winner = ranking.winner {
            return "; \(name(winner)) is fastest of those that survive owner death\(share)"
        }
        let leaders = leaders(ranking.leaders, of: ranking)
        let choice = ranking.choice.map { "choose \(name($0.lock)): " } ?? ""
        return "; of those that survive owner death, \(choice)\(leaders)\(share)"
    }

    /// The locks that survive, if nothing can be said of all; `nil` if half of them or more cannot be told apart either.
    private var survivors: String? {
        guard let ranking = rankings.survivors, ranking.leaders.count * 2 <= ranking.rivals.count + 1 else {
            return nil
        }
        let scope = "of the locks that survive owner death"
        if let winner = ranking.winner {
            return "\(name(winner)) is fastest \(scope) (\(rate(winner))\(lead(ranking)))"
        }
        let choice = ranking.choice.map { "; choose \(name($0.lock))" } ?? ""
        return "\(scope), \(ties(ranking))\(choice)"
    }

    /// A single lock that survives is in no ranking.
    private func only(below best: CellSummary) -> String {
        guard let speed = rankings.speed, let rate = best.throughput,
            let line = speed.rivals.map(\.summary).first(where: \.survivesOwnerDeath), let own = line.throughput
        else { return "" }
        return "; of them, only \(name(line)) survives owner death (\(Figure.factor(own / rate)))"
    }

    private func rate(_ line: CellSummary) -> String { line.throughput.map(Figure.rate) ?? "-" }

    // MARK: Other figures

    /// The fairest locks. None is praised that is not fair.
    private func fairness(_ ranking: Ranking) -> String? {
        let most = ranking.best.windowJain ?? 0
        let figure = Figure.decimal(most, 2)
        if most < Rankings.leastFair { return "none is fair within 10 ms (Jain's index at most \(figure))" }
        let fair = ranking.leaders.filter { ($0.windowJain ?? 0) >= Rankings.leastFair }
        // With unequal sections, even acquisitions are no equal times.
        let title = rankings.load.sectionShares == nil ? "fairest" : "most even in acquisitions"
        return named(fair, of: ranking).map { "\(title): \($0) (\(figure) within 10 ms)" }
    }

    /// The locks with the shortest tail.
    private func tail(_ ranking: Ranking, _ title: String, _ percentile: String) -> String? {
        let line = ranking.best
        let figure = rankings.load.isOpen ? line.p99 : line.p999
        let shown = figure.map { " (\(percentile) \(Figure.time($0)))" } ?? ""
        return named(ranking.leaders, of: ranking).map { "\(title): \($0)\(shown)" }
    }

    /// The clause on the tail of an open loop.
    var open: String? { rankings.tail.flatMap { tail($0, "best p99", "p99") } }

    /// The winner, or the ties; `nil` for more than can be named and cannot be told apart.
    private func named(_ leaders: [CellSummary], of ranking: Ranking) -> String? {
        leaders.count > Self.fewLeaders && !ranking.undecided.isEmpty ? nil : self.leaders(leaders, of: ranking)
    }

    /// The winner, or the ties: by name if they are few.
    private func leaders(_ leaders: [CellSummary], of ranking: Ranking) -> String {
        if leaders.count == 1 { return name(ranking.best) }
        let isTie = ranking.undecided.isEmpty
        let all = ranking.rivals.count + 1
        let names =
            leaders.count <= Self.fewLeaders
            ? list(leaders) : leaders.count == all ? "all \(all)" : "\(leaders.count) of \(all)"
        return names + (isTie ? " tie" : " cannot be told apart")
    }

    /// The number of leaders in a figure beside throughput that are named.
    private static let fewLeaders = 3
    /// The number of names in a list with others.
    private static let mostNames = 6

    /// The first names, and the number of others.
    private func list(_ lines: [CellSummary]) -> String {
        let most = Self.mostNames
        let names = lines.map(name)
        if names.count > most + 1 {
            return names.prefix(most).joined(separator: ", ") + " and \(names.count - most) more"
        }
        return RunVerdict.list(names)
    }
}
