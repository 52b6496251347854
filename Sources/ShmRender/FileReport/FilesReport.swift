package import ShmCompare
internal import ShmCoordinator
package import ShmRecord

/// The document of `report`: an overview per machine, and the tables and verdict of `run`.
package struct FilesReport {
    /// The rounds of one machine.
    private struct Part {
        let rounds: MachineRounds
        let document: RoundsDocument
        /// Those of loads that no grid shows.
        let overviews: [Overview]
        /// Explains which rounds are missing; `nil` if none are.
        let gap: String?

        init(_ rounds: MachineRounds, sort: SortKey) {
            self.rounds = rounds
            gap = RoundIndex(rounds.records).gap
            document = RoundsDocument(summaries: rounds.summaries, isComplete: gap == nil, sort: sort)
            let mapped = document.maps.loads
            overviews = Overview.all(rounds.summaries, sort: sort).filter { !mapped.contains($0.load) }
        }
    }

    private let files: String
    private let unknown: [Warning]
    private let misnamed: [Warning]
    private let parts: [Part]

    package init(_ files: [RecordedRounds], sort: SortKey) {
        self.files = files.map(\.path).joined(separator: ", ")
        unknown = files.filter { !$0.unknownColumns.isEmpty }.map { file in
            Warning(
                .unknownColumns,
                "\(file.path) has unknown columns, which are left out: \(file.unknownColumns.map { $0.replacing("`", with: "?").debugDescription }.joined(separator: ", "))"
            )
        }
        let records = files.flatMap(\.records)
        parts = MachineRounds.groups(records).map { Part($0, sort: sort) }
        misnamed = parts.count > 1 ? Self.warnings(MachineKinds(records)) : []
    }

    /// Warns of machines that are not what their names say.
    private static func warnings(_ kinds: MachineKinds) -> [Warning] {
        let most = 8
        let rest = kinds.findings.count - most
        let shown = kinds.findings.prefix(most).map(\.text)
        return (shown + (rest > 0 ? ["\(counted(rest, "more finding")) of this sort"] : [])).map {
            Warning(.misnamedMachine, $0)
        }
    }

    /// Whether every lock kept its promises.
    package var isAsPromised: Bool { parts.allSatisfy { $0.rounds.summaries.allSatisfy(\.isAsPromised) } }

    /// The missing rounds, a line per machine: a run was interrupted, or a file is truncated between two lines.
    package var gaps: [String] { parts.compactMap(\.gap).map { "\(files) \($0)" } }

    /// Warnings about the quality of the figures.
    package var warnings: [Warning] {
        let machines = Warning(
            .severalMachines, "the rounds are of \(parts.count) machines, which have separate tables and medians")
        return unknown + (parts.count > 1 ? [machines] : []) + misnamed
            + parts.flatMap { part in
                (Warnings.all(part.rounds.summaries) + MixedRounds.warnings(part.rounds)).map {
                    Warning($0.code, prefix(part) + $0.text)
                }
            }
    }

    package var report: Report {
        Report(
            "report", text: { page in parts.map { text($0, page, isMarkdown: false) }.joined(separator: "\n") },
            markdown: { parts.map { text($0, Page(), isMarkdown: true) }.joined(separator: "\n") },
            records: Self.records(parts.flatMap(\.rounds.summaries)), facts: facts,
            suites: parts.flatMap(suites), notices: parts.flatMap(notices), headline: headline, exhibit: { exhibit })
    }

    /// The verdict on several machines; `nil` for one.
    private var headline: String? {
        if parts.count == 1 { return nil }
        let broken = parts.count { !$0.rounds.summaries.allSatisfy(\.isAsPromised) }
        return broken == 0
            ? "every lock kept its promise on \(parts.count) machines"
            : "a lock broke its promise on \(broken) of \(parts.count) machines"
    }

    private var exhibit: Exhibit {
        let exhibits = parts.enumerated().map { number, part in
            RoundsExhibit(
                summaries: part.rounds.summaries, sort: part.document.sort, machine: "machine \(number)",
                subject: parts.count == 1 ? "" : part.rounds.title)
        }
        let sections = exhibits.flatMap(\.sections)
        let rounds = parts.flatMap(\.rounds.records)
        if rounds.count > Self.mostRounds {
            let text =
                "The report does not contain its \(rounds.count) rounds, which are too many: they are in \(files.verbatim)."
            return Exhibit(sections + [.init("Rows", [.text(text)])], gaps: exhibits.flatMap(\.gaps))
        }
        let names = ResultColumn.all.map(\.name)
        let records = Report.Records(
            schema: ResultColumn.schema, names, rounds.map { round in names.map(round.value) })
        return Exhibit(sections, attachments: [.init("rounds.csv", records)], gaps: exhibits.flatMap(\.gaps))
    }

    /// The number of rounds that a page can have for download.
    private static let mostRounds = 4000

    /// A row per cell.
    package static func records(_ summaries: [CellSummary]) -> Report.Records {
        Report.Records(schema: SummaryColumn.schema, SummaryColumn.all, summaries)
    }

    /// The report if there is nothing to report.
    package static func nothing(_ failure: Failure) -> Report {
        .failure(
            failure, of: "report", nothingWas: "reported", records: records([]),
            facts: [.init("rankings", .texts([]))])
    }

    /// What text and Markdown say beside the rows, which are the summary.
    private var facts: [JSONValue.Member] {
        [
            .init("complete", .value(.boolean(parts.allSatisfy { $0.gap == nil }))),
            .init(
                "rankings",
                .rows(RankingColumn.all, parts.flatMap { RankingRow.rows($0.rounds.summaries) })),
            .init("warnings", .rows(WarningColumn.all, warnings)),
            .init("verdict", .texts(parts.flatMap { part in part.document.sentences.map { prefix(part) + $0 } })),
        ]
    }

    // MARK: For people

    private func text(_ part: Part, _ page: Page, isMarkdown: Bool) -> String {
        let heading = parts.count == 1 ? "" : isMarkdown ? "## \(part.rounds.title)\n\n" : "== \(part.rounds.title)\n\n"
        let overviews = part.overviews.map { overview in
            let title = part.overviews.count == 1 ? nil : title(overview, part)
            let table = OverviewTable(overview: overview)
            return isMarkdown
                ? (title.map { "**\($0)**\n\n" } ?? "") + table.markdown
                : (title.map { "\(page.wrapped($0))\n" } ?? "") + table.text(page)
        }
        return heading + overviews.map { $0 + "\n" }.joined() + part.document.text(page, isMarkdown: isMarkdown)
            + "\n" + footnote(part, page, isMarkdown: isMarkdown).map { page.wrapped($0) }.joined(separator: "\n")
            + "\n"
    }

    private func title(_ overview: Overview, _ part: Part) -> String {
        LoadTitles(part.rounds.summaries).scenario(overview.load)
    }

    private func footnote(_ part: Part, _ page: Page, isMarkdown: Bool) -> [String] {
        let lines = part.overviews.flatMap(\.lines)
        let hasJain = part.overviews.contains { OverviewTable(overview: $0).titles(page).contains("jain") }
        let marks =
            (lines.contains(where: \.survivesOwnerDeath) ? " " + SurvivalMark.legend : "")
            + (lines.contains { !$0.isAsPromised } ? " !: broke its promise." : "")
        let seeds = part.rounds.values("seed")
        let seed = seeds.isEmpty ? "" : "seed\(seeds.count == 1 ? "" : "s") \(seeds.joined(separator: ", ")), "
        let overview = [
            "Overview: rates by number of workers; p99 \(hasJain ? "and jain are those" : "is that") of the largest number.\(marks)"
        ]
        return (part.overviews.isEmpty ? [] : overview)
            + Footnote.lines(part.rounds.summaries, titles: part.document.titles(page, isMarkdown: isMarkdown))
            + ["Measured: \(part.rounds.origin).", "\(seed)rows of \(files)"]
    }

    // MARK: For CI services

    private func suites(_ part: Part) -> [Report.Suite] {
        let overviews = part.overviews.map { overview in
            OverviewTable(overview: overview).suite(overviewTitle(overview, part))
        }
        return (overviews + part.document.suites).map { Report.Suite(prefix(part) + $0.title, $0.checks) }
    }

    private func notices(_ part: Part) -> [Report.Notice] {
        let overviews = part.overviews.map { overview in
            Report.Notice(.notice, overviewTitle(overview, part), OverviewTable(overview: overview).text)
        }
        return (overviews + part.document.notices).map { Report.Notice($0.level, prefix(part) + $0.title, $0.text) }
    }

    private func overviewTitle(_ overview: Overview, _ part: Part) -> String {
        part.overviews.count == 1 ? "overview" : "overview: \(title(overview, part))"
    }

    /// The prefix that names the machine, if there are several.
    private func prefix(_ part: Part) -> String { parts.count == 1 ? "" : "\(part.rounds.title): " }
}
