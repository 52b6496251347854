package import ShmCompare
internal import ShmCoordinator
package import ShmRecord
internal import ShmStatistics

/// The document of `report`: what differs between machines, and for each of a few an overview, and the tables and verdict
/// of `run`.
package struct FilesReport {
    /// The rounds of one machine.
    private struct Part {
        let rounds: MachineRounds
        let title: String
        /// Names the machine before a text, if there are several.
        let prefix: String
        let document: RoundsDocument
        /// Those of loads that no grid shows.
        let overviews: [Overview]
        /// Explains which rounds are missing; `nil` if none are.
        let gap: String?

        /// - Parameters:
        ///   - value: the value of the axis whose values are kept apart; empty for none.
        ///   - isAlone: whether there is no other part.
        init(_ rounds: MachineRounds, sort: SortKey, sizes: BestComparison.Sizes, value: String, isAlone: Bool) {
            self.rounds = rounds
            let title = value.isEmpty ? rounds.title : "\(rounds.title), \(value)"
            (self.title, prefix) = (title, isAlone ? "" : "\(title): ")
            gap = RoundGap.text(rounds.summaries.lazy.map { ($0.cell, $0.records.map { $0.text("run_id") }) })
            document = RoundsDocument(
                summaries: rounds.summaries, isComplete: gap == nil, sort: sort, sizes: sizes)
            let mapped = document.maps.loads
            overviews = Overview.all(rounds.summaries, sort: sort).filter { !mapped.contains($0.load) }
        }
    }

    private let files: String
    private let unknown: [Warning]
    private let misnamed: [Warning]
    private let parts: [Part]
    /// What differs between several machines.
    private let machines: MachinesDocument
    /// About the machines together.
    private let doubts: [Warning]
    /// Those of each machine; of many machines with one warning, that of the first.
    private let merged: Lazy<[Warning]>

    /// The number of machines that have tables and pictures of their own.
    private static let mostDetailed = 4
    private var isDetailed: Bool { parts.count <= Self.mostDetailed }

    /// What a user chooses of a report.
    package struct View {
        package var sort: SortKey
        /// The lock to which ratios of several machines are taken; `nil` for the usual.
        package var reference: String?
        /// The column whose values are compared; `nil` for none.
        package var axis: MachineAxis?

        /// The usual where nothing is chosen.
        package init(sort: SortKey? = nil, reference: String? = nil, axis: MachineAxis? = nil) {
            (self.sort, self.reference, self.axis) = (sort ?? .throughput, reference, axis)
        }
    }

    /// - Parameter tasks: what is known of the machines beside their rows.
    package init(_ files: [RecordedRounds], _ view: View = View(), tasks: [MachineTask] = []) {
        let axis = view.axis
        self.files = Self.list(files.map(\.path))
        unknown = files.filter { !$0.unknownColumns.isEmpty }.map { file in
            Warning(
                .unknownColumns,
                "\(file.path) has unknown columns, which are left out: \(file.unknownColumns.map { $0.replacing("`", with: "?").debugDescription }.joined(separator: ", "))"
            )
        }
        let records = files.flatMap(\.records)
        let groups = MachineRounds.groups(records, by: axis?.column)
        let compared = ComparedMachine.all(groups, axis: axis)
        let kinds = MachineKinds(records)
        machines = MachinesDocument(
            compared, kinds, reference: view.reference ?? MachineComparison.usualReference, axis: axis, tasks: tasks)
        doubts = MachineWarnings.all(
            compared, files: files.map { ($0.path, $0.columns) }, axis: axis, tasks: tasks)
        let sizes = BestComparison.Sizes()
        parts = groups.map { rounds in
            Part(
                rounds, sort: view.sort, sizes: sizes, value: axis.flatMap { rounds.values($0.column).first } ?? "",
                isAlone: groups.count == 1)
        }
        misnamed = parts.count > 1 ? Self.warnings(kinds) : []
        merged = Lazy { [parts] in Self.merged(parts) }
    }

    /// The names of a few files, or of some of many and the number of the others.
    private static func list(_ paths: [String]) -> String {
        let shown = 12
        return paths.prefix(shown).joined(separator: ", ")
            + (paths.count > shown ? " and \(paths.count - shown) more files" : "")
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
    package var gaps: [String] { parts.compactMap(\.gap).map { "\(files) \($0)" } + machines.gaps }

    /// Warnings about the quality of the figures.
    package var warnings: [Warning] {
        let several = Warning(
            .severalMachines, "the rounds are of \(counted(count, "machine")), which have separate tables and medians")
        return unknown + (count > 1 ? [several] : []) + misnamed + doubts + merged.value
    }

    private static func merged(_ parts: [Part]) -> [Warning] {
        let all = parts.flatMap { part in
            (Warnings.all(part.rounds.summaries) + MixedRounds.warnings(part.rounds)).map {
                Warning($0.code, part.prefix + $0.text)
            }
        }
        if parts.count <= mostDetailed { return all }
        let groups = Dictionary(grouping: all, by: \.code)
        return all.map(\.code).uniqued().compactMap { code -> Warning? in
            guard let group = groups[code], let first = group.first else { return nil }
            return group.count == 1
                ? first
                : Warning(code, "\(first.text) (and \(counted(group.count - 1, "warning")) like it, of other machines)")
        }
    }

    package var report: Report {
        Report(
            "report", text: { page in texts(page, isMarkdown: false).joined(separator: "\n") },
            markdown: { texts(Page(), isMarkdown: true).joined(separator: "\n") },
            records: Self.records(parts.flatMap(\.rounds.summaries)), facts: facts,
            suites: machines.suites + parts.flatMap(suites), notices: notices, headline: headline, exhibit: { exhibit })
    }

    /// The number of machines. One can have several parts, by the values of an axis.
    private var count: Int { Set(parts.map(\.rounds.title)).count }

    /// The verdict on several machines; `nil` for one.
    private var headline: String? {
        if parts.count == 1 { return nil }
        let broken = Set(parts.filter { !$0.rounds.summaries.allSatisfy(\.isAsPromised) }.map(\.rounds.title)).count
        let word =
            broken == 0
            ? "every lock kept its promise on \(counted(count, "machine"))"
            : "a lock broke its promise on \(broken) of \(counted(count, "machine"))"
        return ([word] + [machines.shortfall].compactMap(\.self)).joined(separator: "; ")
    }

    private var exhibit: Exhibit {
        let exhibits = (isDetailed ? parts : []).enumerated().map { number, part in
            RoundsExhibit(
                summaries: part.rounds.summaries, sort: part.document.sort, machine: "machine \(number)",
                subject: parts.count == 1 ? "" : part.title)
        }
        let left = isDetailed ? [] : [Exhibit.Section("Tables", [.text(undetailed)])]
        let sections = machines.sections + exhibits.flatMap(\.sections) + left
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
            .init("complete", .value(.boolean(gaps.isEmpty && machines.isComplete)))
        ]
            + (isDetailed
                ? [.init("rankings", .rows(RankingColumn.all, parts.flatMap(\.document.rankingRows)))]
                : []) + [
                .init("warnings", .rows(WarningColumn.all, warnings)),
                .init("verdict", .texts(machines.sentences + verdicts)),
            ] + machines.facts
    }

    /// The verdicts on each machine; of many, broken promises alone.
    private var verdicts: [String] {
        if !isDetailed { return broken }
        return parts.flatMap { part in part.document.sentences.map { part.prefix + $0 } }
    }

    /// The broken promises of many machines.
    private var broken: [String] {
        let all = parts.flatMap { part in RunVerdict.broken(part.rounds.summaries).map { part.prefix + $0 } }
        return all.prefix(Self.mostBroken)
            + (all.count > Self.mostBroken ? ["\(all.count - Self.mostBroken) more broken promises."] : [])
    }

    /// The number of broken promises that are named.
    private static let mostBroken = 20

    /// Where the tables are that many machines do not have.
    private var undetailed: String {
        "The tables of each of the \(counted(count, "machine")) are left out: report the rows of one, or see the rows of the formats csv and json."
    }

    // MARK: For people

    /// What differs between machines, followed by each of a few.
    private func texts(_ page: Page, isMarkdown: Bool) -> [String] {
        let together = isMarkdown ? machines.markdown : machines.text(page)
        let compared = together.isEmpty ? [] : [together]
        if isDetailed { return compared + parts.map { text($0, page, isMarkdown: isMarkdown) } }
        let rest = broken + [undetailed, "Rows of \(files)."]
        return compared + [rest.map { page.wrapped($0) + "\n" }.joined(separator: isMarkdown ? "\n" : "")]
    }

    private func text(_ part: Part, _ page: Page, isMarkdown: Bool) -> String {
        let heading = parts.count == 1 ? "" : isMarkdown ? "## \(part.title)\n\n" : "== \(part.title)\n\n"
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
        let overviews = (isDetailed ? part.overviews : []).map { overview in
            OverviewTable(overview: overview).suite(overviewTitle(overview, part))
        }
        return (overviews + part.document.suites).map { Report.Suite(part.prefix + $0.title, $0.checks) }
    }

    /// CI services show few annotations: many machines have those of broken promises alone.
    private var notices: [Report.Notice] {
        if isDetailed { return machines.notices + parts.flatMap(notices) }
        let word = headline ?? ""
        let level: Report.Notice.Level =
            isAsPromised ? (gaps.isEmpty && machines.isComplete ? .notice : .error) : .error
        return machines.notices + broken.map { Report.Notice(.error, "shmbench", $0) } + [
            Report.Notice(level, "shmbench", word)
        ]
    }

    private func notices(_ part: Part) -> [Report.Notice] {
        let overviews = part.overviews.map { overview in
            Report.Notice(.notice, overviewTitle(overview, part), OverviewTable(overview: overview).text)
        }
        return (overviews + part.document.notices).map { Report.Notice($0.level, part.prefix + $0.title, $0.text) }
    }

    private func overviewTitle(_ overview: Overview, _ part: Part) -> String {
        part.overviews.count == 1 ? "overview" : "overview: \(title(overview, part))"
    }
}
