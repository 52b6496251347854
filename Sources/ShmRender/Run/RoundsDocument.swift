internal import ShmCompare
internal import ShmCoordinator
internal import ShmRecord
internal import ShmStatistics

/// The part that the documents of `run` and `report` share: tables, sentences, and checks for CI services.
struct RoundsDocument {
    let summaries: [CellSummary]
    /// Whether all requested rounds were measured.
    let isComplete: Bool
    let sort: SortKey
    /// The grids, which have maps and a verdict of their own.
    let maps: GridMaps
    private let ranked: Rankings

    /// - Parameters:
    ///   - isSearch: whether the loads are the steps of a search, which are no grid.
    ///   - sizes: those of the rankings of other documents.
    init(
        summaries: [CellSummary], isComplete: Bool, sort: SortKey, isSearch: Bool = false,
        sizes: BestComparison.Sizes = BestComparison.Sizes()
    ) {
        self.summaries = summaries
        self.isComplete = isComplete
        self.sort = sort
        ranked = Rankings(summaries, sizes: sizes)
        maps = isSearch ? .none : GridMaps(summaries, rankings: ranked)
    }

    /// Maps and verdict first; the tables of a grid's points only in Markdown, where they come last.
    func text(_ page: Page, isMarkdown: Bool) -> String {
        let kills = KillTable(summaries)
        let sentences = kills.sentences(page).map { page.wrapped($0) + "\n" }.joined()
        let table = table(page, isMarkdown: isMarkdown)
        let tables = table.summaries.isEmpty ? "" : table.text + "\n"
        let verdict = RunVerdict.text(summaries, isComplete: isComplete, page: page, rankings: ranked) + "\n"
        let killed = (kills.text(page, isMarkdown: isMarkdown).map { $0 + "\n" } ?? "") + sentences
        if maps.grids.isEmpty { return tables + killed + verdict }
        let shown = maps.text(page, isMarkdown: isMarkdown) + "\n"
        return isMarkdown ? shown + killed + verdict + "\n" + tables : tables + killed + shown + verdict
    }

    /// The titles of the columns that the tables have on the page.
    func titles(_ page: Page, isMarkdown: Bool) -> Set<String> { table(page, isMarkdown: isMarkdown).titles }

    private func table(_ page: Page, isMarkdown: Bool) -> SummaryTable {
        let shown = isMarkdown || maps.grids.isEmpty ? summaries : summaries.filter { !maps.loads.contains($0.load) }
        return SummaryTable(summaries: shown, markdown: isMarkdown, sort: sort, page: page)
    }

    // MARK: For programs

    /// Whether all requested rounds were measured.
    var complete: JSONValue.Member { .init("complete", .value(.boolean(isComplete && !summaries.isEmpty))) }

    /// What the tables say: medians, intervals and findings, an object per cell.
    var summary: JSONValue.Member { .init("summary", .rows(SummaryColumn.all, summaries)) }

    /// What the verdict goes by: the place of each lock, an object per lock and ranking.
    var rankings: JSONValue.Member { .init("rankings", .rows(RankingColumn.all, rankingRows)) }

    var rankingRows: [RankingRow] { RankingRow.rows(ranked) }

    /// The verdict, a sentence each.
    var sentences: [String] {
        RunVerdict.text(summaries, isComplete: isComplete, page: .unbroken, rankings: ranked).split(separator: "\n")
            .map(String.init)
    }

    // MARK: For CI services

    /// A suite per load, a case per lock.
    var suites: [Report.Suite] {
        let titles = LoadTitles(summaries)
        let loads = summaries.map(\.load).uniqued().map { load in
            Report.Suite(titles.title(load), summaries.filter { $0.load == load }.map(Self.check))
        }
        let measured = maps.suites + loads + [KillTable(summaries).suite].compactMap(\.self)
        if isComplete && !summaries.isEmpty { return measured }
        // CI services accept a report without failures, or without tests, as a success.
        return measured + [Report.Suite("run", [Report.Check("complete", .error, "not all rounds were measured")])]
    }

    private static func check(_ summary: CellSummary) -> Report.Check {
        if let breach = summary.breach { return Report.Check(summary.lock, .failed, breach) }
        return Report.Check(summary.lock, .passed, summary.throughput.map(Figure.rate) ?? "no throughput")
    }

    /// A notice per broken promise, and the verdict.
    var notices: [Report.Notice] {
        let titles = LoadTitles(summaries)
        let broken = summaries.filter { !$0.isAsPromised }
        let breaches = broken.map { line in
            Report.Notice(.error, "\(line.lock), \(titles.title(line.load))", line.breach ?? "breaks its promise")
        }
        // Controls promise nothing, but may get stuck.
        let locks = summaries.filter { $0.excludes || !$0.isAsPromised }
        let count = counted(locks.count, "cell")
        let verdict =
            if !broken.isEmpty {
                Report.Notice(.error, "shmbench", "a lock broke its promise in \(broken.count) of \(count)")
            } else if summaries.isEmpty || (locks.isEmpty && !isComplete) {
                Report.Notice(.warning, "shmbench", "not all rounds were measured, and no lock was")
            } else if locks.isEmpty {
                Report.Notice(.warning, "shmbench", "no lock was measured, only controls")
            } else if isComplete {
                Report.Notice(.notice, "shmbench", "every lock kept its promise in \(count)")
            } else {
                Report.Notice(
                    .warning, "shmbench", "not all rounds were measured; in \(count) every lock kept its promise")
            }
        return breaches + [KillTable(summaries).notice].compactMap(\.self) + maps.notices + [verdict]
    }
}
