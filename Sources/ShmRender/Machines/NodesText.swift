internal import ShmCompare
internal import ShmCoordinator
internal import ShmRecord

/// The verdict on comparisons of several machines, as tables and sentences.
struct NodesText {
    let verdict: NodesVerdict

    private var machines: String { counted(verdict.machines.count, "machine") }
    private func names(_ indices: [Int]) -> String { MachineWords.list(indices.map { verdict.machines[$0] }) }

    private func share(_ indices: [Int]) -> String {
        indices.isEmpty ? "-" : indices.count == verdict.machines.count ? "all \(indices.count)" : names(indices)
    }

    /// The lines with a finding on any machine.
    private var lines: [NodesVerdict.Line] { verdict.lines.filter { $0.worst != .missing } }

    private var cells: CellTable {
        let lines = lines
        func column(_ title: String, _ words: ComparisonVerdict...) -> CellTable.Column {
            .init(title: title, texts: lines.map { line in share(words.flatMap(line.machines).sorted()) })
        }
        return CellTable(columns: [
            .init(title: "cell", texts: lines.map(\.cell)), .init(title: "metric", texts: lines.map(\.metric.name)),
            column("WORSE on", .slower, .broken), column("better on", .faster),
            column("equivalent on", .equivalent), column("undecided on", .undecided, .unjudged),
        ])
    }

    func text(_ page: Page) -> String {
        let table = lines.isEmpty ? "" : page.wrapped(caption) + "\n" + cells.folded(page) + "\n"
        return table + (sentences + notes).map { page.wrapped($0) + "\n" }.joined()
    }

    var markdown: String {
        let table = lines.isEmpty ? "" : "**\(caption)**\n\n\(cells.markdown)\n\n"
        return "### \(verdict.status == .ok ? "✅" : "❌") shmbench: \(headline)\n\n" + table
            + (sentences + notes).map { $0 + "\n" }.joined()
    }

    private var caption: String { "Findings on \(machines)" }

    // MARK: In words

    /// The verdict in one line.
    var headline: String {
        let broken = verdict.lines.flatMap { $0.machines(.broken) }.uniqued()
        let slower = verdict.lines.flatMap { $0.machines(.slower) }.uniqued()
        if !broken.isEmpty { return "BROKEN: the candidate broke a promise on \(names(broken))." }
        if !slower.isEmpty {
            return "REGRESSION: the candidate is worse on \(slower.count) of \(machines): \(names(slower))."
        }
        if verdict.lines.isEmpty { return "NOTHING COMPARED: no machine has findings." }
        if !verdict.isComplete {
            return "INCOMPLETE: no regression on the machines with findings; the others may have one."
        }
        if verdict.status == .failed {
            return "NOT JUDGED on \(names(verdict.lines.flatMap { $0.machines(.unjudged) }.uniqued()))."
        }
        let undecided = verdict.lines.flatMap { $0.machines(.undecided) }.uniqued()
        if verdict.lines.allSatisfy({ $0.worst == .undecided || $0.worst == .missing || $0.metric == .integrity })
            && !undecided.isEmpty
        {
            return "UNDECIDED: neither a change nor equivalence was found on \(machines)."
        }
        return "No regression on \(machines)\(undecided.isEmpty ? "" : "; undecided on \(undecided.count) of them")."
    }

    /// A sentence per change, and the verdict.
    var sentences: [String] {
        let broken = verdict.lines.compactMap { sentence($0, .broken, "is broken") }
        let slower = verdict.lines.compactMap { sentence($0, .slower, "became worse") }
        let faster = verdict.lines.compactMap { sentence($0, .faster, "became better") }
        return broken + slower + faster + unjudged + missing + [headline]
    }

    /// `futex × 2, throughput became worse on 2 of 3 machines: n1 -12.0% (-14.0% to -9.0%), n3 -8.0% (…).`
    private func sentence(_ line: NodesVerdict.Line, _ word: ComparisonVerdict, _ predicate: String) -> String? {
        let found = line.machines(word)
        if found.isEmpty { return nil }
        let changes = found.prefix(Self.most).map { index -> String in
            guard let finding = line.findings[index] else { return verdict.machines[index] }
            let change = finding.change.map { " \(Percent.change($0.ratio)) (\($0.interval))" }
            return "\(verdict.machines[index])\(change ?? finding.note.map { " (\($0))" } ?? "")"
        }
        let rest = found.count > Self.most ? ["and \(found.count - Self.most) more"] : []
        return
            "\(line.cell), \(line.metric.name) \(predicate) on \(found.count) of \(machines): \((changes + rest).joined(separator: ", "))."
    }

    /// The number of machines that a sentence names.
    private static let most = 8

    private var unjudged: [String] {
        let found = verdict.machines.indices.compactMap { index -> String? in
            let notes = verdict.lines.compactMap { $0.findings[index] }.filter { $0.verdict == .unjudged }.map {
                $0.note ?? "not judged"
            }.uniqued()
            return notes.first.map { "Not judged on \(verdict.machines[index]): \($0)." }
        }
        return found.prefix(Self.most)
            + (found.count > Self.most ? ["\(found.count - Self.most) more machines are not judged."] : [])
    }

    private var missing: [String] {
        let tasks = verdict.incomplete.map { "\($0.name) \($0.shortfall ?? "")" }
        let uneven = verdict.uneven.map { "\($0.machine) lacks \(counted($0.lines, "finding")) that others have" }
        let all = tasks + uneven
        if all.isEmpty { return [] }
        return [
            "Missing: \(all.prefix(Self.most).joined(separator: "; "))\(all.count > Self.most ? "; and \(all.count - Self.most) more" : "")."
        ]
    }

    /// The method.
    var notes: [String] {
        if verdict.machines.isEmpty { return [] }
        let rate = Percent.text(verdict.falseAlarms)
        let bound =
            "Over \(machines), at most \(rate) of comparisons of equals end in a finding: the sum of the machines' own rates (Bonferroni)."
        guard let requested = verdict.requested, verdict.falseAlarms > requested * (1 + 1e-3) else { return [bound] }
        return [bound + " That is more than the requested \(Percent.text(requested))."]
    }

    // MARK: On a page

    /// A row per metric of a cell, and a column per machine; of many machines the lists of the table.
    var table: Exhibit.Table {
        if verdict.machines.count > MachineSlice.mostMachines { return cells.exhibit(caption) }
        let columns =
            [Exhibit.Table.Column("cell"), .init("metric")] + verdict.machines.map { .init($0, isNumber: true) }
        return Exhibit.Table(
            caption, columns,
            lines.map { line in [.init(line.cell), .init(line.metric.name)] + line.findings.map(Self.cell) })
    }

    private static func cell(_ finding: RecordedFindings.Finding?) -> Exhibit.Table.Cell {
        guard let finding, finding.verdict != .missing else { return .init("–", .empty) }
        let mark: Exhibit.Table.Mark =
            switch finding.verdict {
            case .slower, .broken: .bad
            case .faster, .equivalent: .good
            case .undecided, .unjudged: .fair
            case .missing: .empty
            }
        let word = word(finding)
        guard let change = finding.change else { return .init(word, mark) }
        return .init(
            "\(Percent.change(change.ratio)) \(word)", number: change.ratio, detail: change.interval, mark)
    }

    /// The verdict on a metric, as tables of comparisons have it.
    private static func word(_ finding: RecordedFindings.Finding) -> String {
        switch finding.verdict {
        case .slower: finding.metric.words.worse
        case .faster: finding.metric.words.better
        case .broken: "BROKEN"
        case .equivalent: "equivalent"
        case .undecided: "undecided"
        case .unjudged: "NOT JUDGED"
        case .missing: "–"
        }
    }

    // MARK: For CI services

    /// A suite per machine, a case per metric of a cell.
    var suites: [Report.Suite] {
        verdict.machines.enumerated().map { index, name in
            Report.Suite(
                name,
                verdict.lines.compactMap { line in
                    guard let finding = line.findings[index], finding.verdict != .missing else { return nil }
                    let change = finding.change.map { "\(Percent.change($0.ratio)) (\($0.interval)) " } ?? ""
                    return Report.Check(
                        "\(line.cell), \(line.metric.name)", Self.outcome(finding.verdict),
                        change + (finding.note ?? Self.word(finding)))
                })
        } + Report.suite(verdict.tasks)
    }

    private static func outcome(_ verdict: ComparisonVerdict) -> Report.Check.Outcome {
        switch verdict {
        case .slower, .broken: .failed
        case .unjudged: .error
        case .undecided: .skipped
        case .equivalent, .faster, .missing: .passed
        }
    }

    var notices: [Report.Notice] {
        let worse = verdict.lines.compactMap { line in
            (sentence(line, .broken, "is broken") ?? sentence(line, .slower, "became worse")).map {
                Report.Notice(.error, "\(line.cell), \(line.metric.name)", $0)
            }
        }
        let missing = verdict.incomplete.prefix(10).map { Report.Notice(.error, $0.name, $0.shortfall ?? "") }
        return worse.prefix(10) + missing
            + [Report.Notice(verdict.status == .ok ? .notice : .error, "shmbench", headline)]
    }
}
