package import ShmCompare
internal import ShmCoordinator
internal import ShmCore
internal import ShmHarness
package import ShmRecord
internal import ShmStatistics

/// What `run` tells: tables, verdicts, how to read them, and every row.
package struct RunReport {
    private let rows: [Row]
    private let summaries: [CellSummary]
    private let isComplete: Bool
    private let sort: SortKey
    private let kept: String
    private let capacities: (found: [Capacity], bound: TimeSpan)?

    /// - Parameters:
    ///   - isComplete: whether all that was asked for was measured.
    ///   - kept: where the rows are, in words.
    ///   - capacities: of a search for them, with the bound of p99.
    package init(
        rows: [Row], summaries: [CellSummary], isComplete: Bool, sort: SortKey, kept: String,
        capacities: (found: [Capacity], bound: TimeSpan)? = nil
    ) {
        self.rows = rows
        self.summaries = summaries
        self.isComplete = isComplete
        self.sort = sort
        self.kept = kept
        self.capacities = capacities
    }

    package var report: Report {
        Report(
            "run", text: { text($0, isMarkdown: false) }, markdown: { text(Page(), isMarkdown: true) },
            records: Report.Records(rows), suites: suites, notices: notices)
    }

    private func text(_ page: Page, isMarkdown: Bool) -> String {
        if summaries.isEmpty { return "" }
        let table =
            capacities.map { CapacityTable.text($0.found, bound: $0.bound, markdown: isMarkdown) }
            ?? SummaryTable(summaries: summaries, markdown: isMarkdown, sort: sort, page: page).text + "\n"
            + Verdict.text(summaries, isComplete: isComplete, page: page) + "\n"
        return table + "\n" + footnote.map { page.wrapped($0) }.joined(separator: "\n") + "\n"
    }

    // MARK: For CI services

    /// A suite for each workload and number of workers, a case for each lock.
    private var suites: [Report.Suite] {
        let titles = summaries.map { SummaryTable.title($0.cell) }.uniqued()
        let measured = titles.map { title in
            Report.Suite(title, summaries.filter { SummaryTable.title($0.cell) == title }.map(Self.check))
        }
        if isComplete && !summaries.isEmpty { return measured }
        // CI services take a report without failures, or without tests, for a good one.
        return measured + [Report.Suite("run", [Report.Check("complete", .error, "not all was measured")])]
    }

    private static func check(_ summary: CellSummary) -> Report.Check {
        let name = summary.cell.lock.name
        if let breach = summary.breach { return Report.Check(name, .failed, breach) }
        return Report.Check(name, .passed, summary.throughput.map(Figure.rate) ?? "no throughput")
    }

    private var notices: [Report.Notice] {
        let broken = summaries.filter { !$0.isAsPromised }
        let breaches = broken.map { line in
            Report.Notice(
                .error, "\(line.cell.lock.name), \(SummaryTable.title(line.cell))", line.breach ?? "breaks its promise")
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

    // MARK: How to read it

    private var footnote: [String] {
        let confidence = MedianIntervalText.text(rounds: summaries.map(\.rounds).max() ?? 1)
        var lines = [
            capacities != nil
                ? "share is of the closed loop's rate. Pacing itself limits both rate and tail: `none` shows how far."
                : "Medians over the rounds; \(confidence)rel is throughput against the fastest lock that survives its owner's death; "
                    + "jain is Jain's fairness index."
        ]
        guard let run = rows.first?.run else { return lines }
        let rate = run.clock.counterHertz.map { "the CPU's counter, \(Figure.decimal($0 / 1e9, 3)) GHz" }
        lines.append(
            "Clock: \(rate ?? "clock_gettime"), in steps of \(Figure.decimal(run.clock.step, 0)) ns, "
                + "\(Figure.decimal(run.clock.cost, 1)) ns a reading; p50 and the others include one. "
                + "The log that hold and hand-off come from: \(Figure.decimal(run.logCost, 1)) ns.")
        if rows.contains(where: { $0.cell.spacing != .closed }) && capacities == nil {
            lines.append(
                "Open loop: p50 and the others count from when an acquisition was due; closed is p99 from when it was called. "
                    + "overloaded: it could not be served at that rate.")
        }
        let asked = Set(rows.flatMap { [$0.cell.criticalSection, $0.cell.think] }).subtracting([0]).sorted()
        let delays = asked.compactMap { delay in
            measured(delay).map { "\(TimeSpan(nanoseconds: delay)) took \(Figure.time($0))" }
        }
        if !delays.isEmpty { lines.append("Delays as measured: \(delays.joined(separator: ", ")).") }
        return lines + ["seed \(run.seed), \(kept)"]
    }

    /// What a delay that was asked for took, ns: the median over the rows.
    private func measured(_ delay: Int) -> Double? {
        median(
            rows.flatMap { row in
                [
                    row.cell.criticalSection == delay ? row.costs?.sectionDelay : nil,
                    row.cell.think == delay ? row.costs?.thinkDelay : nil,
                ].compactMap(\.self)
            })
    }
}

extension Report.Records {
    /// Rounds, by the contract of the results.
    package init(_ rows: [Row]) {
        self.init(
            schema: ResultColumn.schema, ResultColumn.all.map(\.name),
            rows.map { row in ResultColumn.all.map { $0.value(row) } })
    }
}
