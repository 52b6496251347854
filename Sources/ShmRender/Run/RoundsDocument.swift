internal import ShmCompare
internal import ShmRecord

/// Rounds as tables and sentences, and as checks for CI services: what `run` and `report` have in common.
struct RoundsDocument {
    let summaries: [CellSummary]
    /// Whether all that was asked for was measured.
    let isComplete: Bool
    let sort: SortKey

    func text(_ page: Page, isMarkdown: Bool) -> String {
        SummaryTable(summaries: summaries, markdown: isMarkdown, sort: sort, page: page).text + "\n"
            + Verdict.text(summaries, isComplete: isComplete, page: page) + "\n"
    }

    // MARK: For CI services

    /// A suite for each load, a case for each lock.
    var suites: [Report.Suite] {
        let titles = LoadTitles(summaries)
        let measured = summaries.map(\.load).uniqued().map { load in
            Report.Suite(titles.title(load), summaries.filter { $0.load == load }.map(Self.check))
        }
        if isComplete && !summaries.isEmpty { return measured }
        // CI services take a report without failures, or without tests, for a good one.
        return measured + [Report.Suite("run", [Report.Check("complete", .error, "not all was measured")])]
    }

    private static func check(_ summary: CellSummary) -> Report.Check {
        if let breach = summary.breach { return Report.Check(summary.lock, .failed, breach) }
        return Report.Check(summary.lock, .passed, summary.throughput.map(Figure.rate) ?? "no throughput")
    }

    /// Each broken promise, and the verdict.
    var notices: [Report.Notice] {
        let titles = LoadTitles(summaries)
        let broken = summaries.filter { !$0.isAsPromised }
        let breaches = broken.map { line in
            Report.Notice(.error, "\(line.lock), \(titles.title(line.load))", line.breach ?? "breaks its promise")
        }
        let count = "\(summaries.count) cell\(summaries.count == 1 ? "" : "s")"
        let verdict =
            if !broken.isEmpty {
                Report.Notice(.error, "shmbench", "\(broken.count) of \(count) broke their lock's promise")
            } else if isComplete && !summaries.isEmpty {
                Report.Notice(.notice, "shmbench", "every lock kept its promise in \(count)")
            } else {
                Report.Notice(.warning, "shmbench", "not all was measured; in \(count) every lock kept its promise")
            }
        return breaches + [verdict]
    }
}
