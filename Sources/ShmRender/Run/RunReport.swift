package import ShmCompare
package import ShmRecord

/// The document of `run`: tables, verdicts, explanations, and all rows.
package struct RunReport {
    private let document: RoundsDocument
    private let rows: [Row]
    private let kept: String
    private let doubts: [Warning]
    private let request: RunRequest?
    private let capacities: (found: [Capacity], bound: TimeSpan)?
    private let machine: Exhibit.Table?

    /// - Parameters:
    ///   - isComplete: whether all requested rounds were measured.
    ///   - kept: the location of the rows, in words.
    ///   - doubts: warnings that do not follow from the rounds.
    ///   - request: what was asked for; `nil` if unknown.
    ///   - capacities: the results of a capacity search, with the bound of p99; `nil` for other runs.
    ///   - machine: the findings of `doctor`; `nil` if unknown.
    package init(
        rows: [Row], summaries: [CellSummary], isComplete: Bool, sort: SortKey, kept: String,
        doubts: [Warning] = [], request: RunRequest? = nil, capacities: (found: [Capacity], bound: TimeSpan)? = nil,
        machine: Exhibit.Table? = nil
    ) {
        document = RoundsDocument(
            summaries: summaries, isComplete: isComplete, sort: sort, isSearch: capacities != nil)
        self.rows = rows
        self.kept = kept
        self.doubts = doubts
        self.request = request
        self.capacities = capacities
        self.machine = machine
    }

    package var report: Report {
        Report(
            "run", text: { text($0, isMarkdown: false) }, markdown: { text(Page(), isMarkdown: true) },
            records: Report.Records(rows), facts: facts, suites: (words.map { [$0.suite] } ?? []) + document.suites,
            notices: (words?.notices ?? []) + document.notices, exhibit: { exhibit })
    }

    private var exhibit: Exhibit {
        let rounds = RoundsExhibit(
            summaries: document.summaries, sort: document.sort, machine: "run", curves: LatencyCurves(rows))
        let sections =
            capacities.map { found, bound in
                [Exhibit.Section("Capacity", [.table(CapacityTable.exhibit(found, bound: bound))])]
            } ?? rounds.sections
        let trace = TracePicture(rows).picture.map { [Exhibit.Section("Owners over time", [.picture($0)])] } ?? []
        let doctor = machine.map { [Exhibit.Section("Machine", [.table($0)])] } ?? []
        return Exhibit(sections + trace + doctor, gaps: capacities == nil ? rounds.gaps : [])
    }

    /// The results of a capacity search; `nil` for other runs.
    private var words: CapacityText? { capacities.map { CapacityText(capacities: $0.found, bound: $0.bound) } }

    private var facts: [JSONValue.Member] {
        let requested = request.map { JSONValue.Member("requested", .object(RunRequestColumn.all, $0)) }
        let found = capacities.map { JSONValue.Member("capacities", .rows(CapacityColumn.all, $0.found)) }
        let verdict = JSONValue.Member("verdict", .texts(capacities == nil ? document.sentences : searched))
        let rankings = capacities == nil ? document.rankings : nil
        let warnings = JSONValue.Member("warnings", .rows(WarningColumn.all, doubts + Warnings.all(document.summaries)))
        return [requested, document.complete, found, document.summary, rankings, warnings, verdict].compactMap(\.self)
    }

    private func text(_ page: Page, isMarkdown: Bool) -> String {
        if document.summaries.isEmpty { return "" }
        let table =
            capacities.map {
                CapacityTable.text($0.found, bound: $0.bound, markdown: isMarkdown, page: page)
                    + searched.map { page.wrapped($0) + "\n" }.joined()
            } ?? document.text(page, isMarkdown: isMarkdown)
        return table + "\n" + footnote(page, isMarkdown: isMarkdown).map { page.wrapped($0) }.joined(separator: "\n")
            + "\n"
    }

    /// The verdict on a capacity search, whose cells are its steps: broken promises, and what was not found.
    private var searched: [String] { RunVerdict.broken(document.summaries).uniqued() + (words?.remarks ?? []) }

    private func footnote(_ page: Page, isMarkdown: Bool) -> [String] {
        let titles =
            capacities.map { CapacityTable.titles($0.found, page: page) }
            ?? document.titles(page, isMarkdown: isMarkdown)
        let lines = Footnote.lines(document.summaries, titles: titles, capacities: capacities != nil)
        return lines + (rows.first.map { ["seed \($0.run.seed), \(kept)"] } ?? [])
    }
}

extension Report.Records {
    /// Rounds in schema 1 of the results.
    package init(_ rows: [Row]) {
        self.init(schema: ResultColumn.schema, ResultColumn.all, rows)
    }
}
