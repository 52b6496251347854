package import ShmCompare
internal import ShmCoordinator
internal import ShmRecord

/// The verdict on a run: sentences on promises, rankings, overload and controls.
package enum RunVerdict {
    /// The sentences, wrapped.
    ///
    /// - Parameters:
    ///   - isComplete: whether all requested rounds were measured.
    ///   - rankings: those of the summaries, if they are known.
    package static func text(
        _ summaries: [CellSummary], isComplete: Bool = true, page: Page = Page(), rankings: Rankings? = nil
    ) -> String {
        var lines: [String] = []
        let titles = LoadTitles(summaries)
        let broken = broken(summaries, titles)
        lines += broken
        let real = summaries.filter { $0.excludes && $0.isAsPromised }
        if broken.isEmpty && !real.isEmpty {
            // With one worker, overlaps are impossible.
            let found =
                real.contains { $0.load.workers > 1 } ? "no lost updates, no overlaps" : "no lost updates"
            lines.append(
                isComplete
                    ? "Every lock kept its promise: \(found)."
                    : "Not all rounds were measured. In those that were, every lock kept its promise: \(found).")
        }
        let found = rankings ?? Rankings(summaries)
        let all = found.all
        let maps = GridMaps(summaries, rankings: found)
        let mapped = maps.loads
        lines += maps.sentences
        for rankings in all where !mapped.contains(rankings.load) {
            let block = real.filter { $0.load == rankings.load }
            lines += rankings.load.isOpen ? open(block, rankings, titles) : best(rankings, titles)
        }
        for load in real.map(\.load).uniqued() {
            let block = real.filter { $0.load == load }
            lines += OpportunityText(lines: block, name: name).sentence.map {
                "\(titles.place(load)), unequal sections: \($0)"
            }
        }
        if let remedy = RemedyText.sentence(all) { lines.append(remedy) }
        lines += pluginCalls(all)
        lines += cliff(summaries)
        lines += controls(summaries)
        if lines.contains(where: { $0.contains(SurvivalMark.sign) }) {
            lines.append(
                SurvivalMark.legend + " With the other locks, all processes wait forever after the owner is killed."
            )
        }
        return lines.map { page.wrapped($0) }.joined(separator: "\n")
    }

    /// A sentence per cell that broke a promise.
    ///
    /// - Parameter titles: tells the loads apart; `nil` for the steps of a search, which differ only in their rates.
    static func broken(_ summaries: [CellSummary], _ titles: LoadTitles? = nil) -> [String] {
        summaries.filter { !$0.isAsPromised }.map { line in
            "\(titles?.cell(line.cell) ?? line.cell.title) \(line.breach ?? ""): do not use it."
        }
    }

    /// The rankings of a block of closed loops.
    private static func best(_ rankings: Rankings.OfLoad, _ titles: LoadTitles) -> [String] {
        let clauses = RankingText(rankings: rankings, name: name).closed
        return clauses.isEmpty ? [] : ["\(titles.place(rankings.load)): \(clauses.joined(separator: "; "))."]
    }

    /// The locks that did not sustain the rate of an open loop, and the tails.
    private static func open(_ lines: [CellSummary], _ rankings: Rankings.OfLoad, _ titles: LoadTitles) -> [String] {
        let load = rankings.load
        let overloaded = lines.filter(\.isOverloaded).map(name)
        let sustaining = lines.filter { $0.overloadedRounds == 0 && !$0.isOverloaded }.map(name)
        var parts: [String] = []
        if !overloaded.isEmpty {
            parts.append("overloaded at \(Figure.rate(load.rate)): \(list(overloaded))")
        } else if !sustaining.isEmpty {
            let all = sustaining.count == 1 ? sustaining[0] : sustaining.count == lines.count ? "all" : list(sustaining)
            parts.append("\(all) \(sustaining.count == 1 ? "sustains" : "sustain") \(Figure.rate(load.rate))")
        }
        for line in lines where line.isPartlyOverloaded {
            parts.append("\(name(line)) overloaded in \(line.overloadedRounds) of \(counted(line.rounds, "round"))")
        }
        if let tail = RankingText(rankings: rankings, name: name).open {
            parts.append(tail)
        } else if rankings.tail == nil, let only = onlyTail(lines), let p99 = only.p99 {
            parts.append("p99 of \(name(only)): \(Figure.time(p99))")
        }
        return parts.isEmpty ? [] : ["\(titles.place(load)): \(parts.joined(separator: "; "))."]
    }

    /// The lock whose p99 is named without a ranking: one that sustained the rate in each round, if any did.
    private static func onlyTail(_ lines: [CellSummary]) -> CellSummary? {
        let measured = lines.filter { $0.p99 != nil }
        return measured.first { $0.overloadedRounds == 0 } ?? measured.first
    }

    private static func name(_ line: CellSummary) -> String {
        SurvivalMark.name(line.lock, survives: line.survivesOwnerDeath)
    }

    private static func pluginCalls(_ rankings: [Rankings.OfLoad]) -> [String] {
        let rivals = rankings.compactMap(\.speed).flatMap(\.rivals)
        guard rivals.contains(where: \.isWithinPluginCalls) else { return [] }
        return [
            "A lead of up to \(Figure.factor(Ranking.pluginCalls)) over a lock that is not built in is undecided: the calls of a plugin, through pointers, can cause it."
        ]
    }

    private static func cliff(_ summaries: [CellSummary]) -> [String] {
        let fallen = Collapse.fallen(summaries)
        let names = summaries.filter { fallen.contains($0.cell) }.map(\.lock).uniqued()
        var lines: [String] = []
        if !names.isEmpty {
            lines.append(
                "▼: with more workers than CPUs, the throughput of \(list(names)) drops to less than a hundredth: the next owner must "
                    + "first be scheduled.")
        }
        if summaries.contains(where: \.isCutShort) {
            lines.append(
                "cut: the workers progressed so slowly that they were ended before the latency window.")
        }
        return lines
    }

    static func list(_ names: [String]) -> String {
        names.count < 2 ? names.joined() : names.dropLast().joined(separator: ", ") + " and " + names[names.count - 1]
    }

    /// The negative control must fail under contention. Otherwise the integrity check has no power in this run.
    private static func controls(_ summaries: [CellSummary]) -> [String] {
        let controls = summaries.filter { !$0.excludes }
        var lines: [String] = []
        if controls.contains(where: { $0.integrity == .failed }) {
            lines.append("*: a control without a lock failed the integrity check, as expected.")
        }
        for line in controls where line.integrity == .ok && line.load.workers > 1 {
            lines.append(
                "Warning: with \(counted(line.load.workers, "worker")) the control `\(line.lock)` passed the integrity check, which therefore has "
                    + "little power here. Use a longer --duration.")
        }
        return lines
    }
}
