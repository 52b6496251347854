internal import ArgumentParser
internal import Glibc
internal import ShmCompare
internal import ShmCoordinator
internal import ShmCore
internal import ShmRecord
internal import ShmRender
internal import ShmStatistics

/// `shmbench check`.
struct Check: JudgingCommand {
    static let configuration = CommandConfiguration(
        abstract: "Compare this build with a committed baseline of another day or machine.",
        discussion: """
            Absolute times of two machines are not comparable. `check` compares ratios to two references, atomic-add and \
            futex, which it measures in the same rounds under the same load. It reports a change if the change exists \
            against both references, if its whole confidence interval exceeds the threshold and the variation of single \
            rounds, and if new rounds confirm it. Default thresholds are three times those of `compare`: `compare` detects \
            smaller changes where both builds can run.

            The cells are those of the baseline. --update measures them again. Without a baseline, --update measures \
            robust-futex, futex and pthread-robust with 1 and 2 workers, or what --locks and --workers name.

            \(ExitStatus.help())

            \(Examples.text("check"))
            """)

    @Option(
        "--baseline", .file([".csv"]), valueName: "file.csv", "Results file to compare with, or to write with --update."
    )
    var baseline: String

    @Flag(
        help:
            "Measure, and replace the baseline. Nothing is judged; the other formats report on the new baseline as `report` does."
    )
    var update = false

    @Flag(
        help:
            "With --update: keep the rounds of the baseline, and add a sitting. From three sittings on, of different hours or days, they show by how much sessions differ without a cause, so that smaller changes count."
    )
    var append = false

    @Option(
        "--rounds", .count(1...10_000), valueName: "n",
        "Number of rounds of each cell. A change is confirmed with as many.")
    var rounds = 21

    @Option(
        help: ArgumentHelp("Path of the worker program. (default: shmworker beside this program)", valueName: "path"))
    var worker: String?

    @OptionGroup var options: JudgingOptions

    func check() throws {
        try options.check()
        if options.countsInstructions {
            throw Failure.invalid(
                "instructions", for: "--metrics",
                expected:
                    "a metric of rounds, since a baseline has no counts: compare two builds with `shmbench compare`")
        }
        if append && !update {
            throw Failure.missing("--update", for: "--append", "add it, or leave out --append to judge")
        }
        if append, let ignored = options.load.firstOption {
            throw Failure.conflict(
                ignored, "--append", "leave out \(ignored), since the cells of all sittings are those of the baseline")
        }
        let fewest = IndependentComparison.enoughRounds(confidence: 1 - options.falseAlarms)
        if rounds < fewest {
            throw Failure.invalid(
                "\(rounds)", for: "--rounds",
                expected: "\(fewest)…10000 with --false-alarms \(Percent.text(options.falseAlarms))")
        }
    }

    mutating func run() throws {
        let seed = options.seed ?? .random(in: 0 ... .max)
        update ? try renew(seed) : try compare(seed)
    }

    /// The cells of the command line; `nil` if it names none.
    private func asked() throws -> [CellID]? {
        let load = options.load
        if load.firstOption == nil && !update { return nil }
        // A load without locks applies to the default cells.
        let workloads = try load.workloads(
            usualLocks: ["robust-futex", "futex", "pthread-robust"], usualWorkers: [1, 2],
            stuckAfter: options.conditions.stuckAfter.nanoseconds)
        try LoadOptions.checkRates(workloads.flatMap(\.cells), options.timing)
        return workloads.flatMap(\.cells).map { CellID(lock: $0.lock.name, load: $0.load) }
    }

    // MARK: The baseline

    private func renew(_ seed: UInt64) throws {
        // A baseline that is renewed keeps its cells.
        let old = append ? try extended() : options.load.firstOption == nil ? try? Baseline(baseline) : nil
        let earlier = append ? old?.records ?? [] : []
        let cells = CheckSession.withReferences(try old?.table.cells ?? asked() ?? [])
        try checkSize(of: cells, try options.settings(seed: seed))
        let draft = try ReplacedFile(baseline)
        try options.document.check(inputs: [baseline])
        let documents = try options.document.open(.report)
        let history = try documents.begin(after: options.history.open)
        Interruption.watch()
        let (records, rounds) = try documents.reporting({ FilesReport.nothing($0) }) {
            let records = try measureBaseline(cells, seed, draft, after: earlier)
            return (records, try ResultsReader.read([baseline]))
        }
        let count = Set(records.map(CellID.init)).count
        let like = old == nil ? "" : ", as before"
        let words =
            append
            ? "added \(counted(records.count, "round")) of \(counted(count, "cell")) to \(baseline), which has \(counted(Baseline.sittings(earlier + records), "sitting")) now; commit the file"
            : "wrote \(counted(records.count, "round")) of \(counted(count, "cell"))\(like), with windows of \(options.conditions.duration), to \(baseline); commit the file"
        try documents.show(FilesReport(rounds).report.announced(by: words))
        try history?.append(records)
    }

    /// Measures and publishes a baseline. Returns its rounds.
    private func measureBaseline(_ cells: [CellID], _ seed: UInt64, _ draft: ReplacedFile, after earlier: [Record])
        throws
        -> [Record]
    {
        // Later checks may judge any metric.
        var session = try CheckSession(worker, options, metrics: Metric.ofRounds, seed: seed)
        let records = try session.measure(cells, rounds: rounds)
        if let record = records.first(where: { !$0.isAsPromised }) {
            throw Failure(
                "\(CellID(record).title): \(IndependentComparison.breach(record)); \(baseline) is unchanged, since a round with an integrity failure cannot serve as a baseline",
                code: .integrity)
        }
        try draft.publish(session.document(earlier + records))
        return records
    }

    /// The baseline to which a sitting is added: of this kind of machine, with windows of the same length.
    private func extended() throws -> Baseline {
        let old = try Baseline(baseline)
        try old.check(window: options.conditions.duration.nanoseconds)
        if let warning = old.warning {
            throw Failure("cannot add a sitting: \(warning.text), or leave out --append")
        }
        return old
    }

    /// Refuses a baseline of so few rounds that a check with as many could detect no change.
    private func checkSize(of cells: [CellID], _ settings: Comparison.Settings) throws {
        let judged = cells.filter { $0.lock != RoundIndex.references[0] }
        let confidence = IndependentComparison.expectedConfidence(
            judged, metrics: settings.metrics, hasKills: settings.kills > 0, falseAlarms: settings.falseAlarms)
        if IndependentComparison.areEnough(rounds, rounds, confidence: confidence) { return }
        throw Failure.invalid(
            "\(rounds)", for: "--rounds",
            expected:
                "\(IndependentComparison.enoughRounds(confidence: confidence))…10000 for a baseline of \(cells.count) cells with --false-alarms \(Percent.text(settings.falseAlarms))"
        )
    }

    // MARK: Comparing

    private func compare(_ seed: UInt64) throws {
        let baseline = try Baseline(self.baseline)
        let wanted = try asked()?.filter { $0.lock != RoundIndex.references[0] }
        if let wanted { try baseline.check(against: wanted) }
        try baseline.check(window: options.conditions.duration.nanoseconds)
        if let warning = baseline.warning { Terminal.warn(warning.text) }
        let settings = try options.settings(seed: seed)
        let cells = wanted ?? baseline.cells
        if cells.isEmpty {
            throw Failure(
                "--locks names only the reference \(RoundIndex.references[0]): name a lock to compare with it",
                code: .usage)
        }
        try checkSizes(cells, baseline, settings)
        try judge(inputs: [self.baseline]) {
            let startedAt = time(nil)
            Interruption.watch()
            let (found, first, session) = try measure(cells, baseline, settings, seed)
            var findings = Findings(
                base: self.baseline, candidate: "now", cells: found, falseAlarms: settings.falseAlarms,
                startedAt: startedAt, seed: seed)
            findings.notes = notes(baseline, first, cells, session, falseAlarms: settings.falseAlarms)
            findings.warnings = [baseline.warning].compactMap(\.self)
            findings.request = options.request(settings)
            findings.request?.rounds = rounds
            findings.locate(session.records)
            return (findings, session.records)
        }
    }

    /// Refuses too few rounds to detect a change, before they are measured.
    private func checkSizes(_ cells: [CellID], _ baseline: Baseline, _ settings: Comparison.Settings) throws {
        let confidence = judge(baseline, [], settings).confidence(cells, falseAlarms: settings.falseAlarms)
        for cell in cells {
            let count = baseline.table.records(cell).count
            if IndependentComparison.areEnough(count, rounds, confidence: confidence) { continue }
            let needed = IndependentComparison.enoughRounds(confidence: confidence)
            let remedies =
                (rounds < needed ? ["use --rounds \(needed)"] : [])
                + (count < needed ? [Baseline.renewal(baseline.path)] : [])
            throw Failure(
                "--rounds \(rounds) and \(counted(count, "round")) of \(cell.title) in \(baseline.path) are too few to detect a change: each side needs \(needed) or more; \(remedies.joined(separator: ", and "))",
                code: rounds < needed ? .usage : .failed)
        }
    }

    /// Measures all cells, and measures those with a change again.
    private func measure(_ cells: [CellID], _ baseline: Baseline, _ settings: Comparison.Settings, _ seed: UInt64)
        throws -> ([CellFinding], IndependentComparison, CheckSession)
    {
        var session = try CheckSession(worker, options, metrics: settings.metrics, seed: seed)
        let first = judge(
            baseline, try session.measure(CheckSession.withReferences(cells), rounds: rounds, isConfirmed: true),
            settings)
        // The baseline is part of both stages, so they are not independent: the first alone must keep the false-positive rate.
        let confidence = first.confidence(cells, falseAlarms: settings.falseAlarms)
        var found = cells.map { first.finding($0, confidence: confidence) }
        let suspects = cells.indices.filter { index in
            found[index].metrics.contains { [.slower, .faster, .unjudged].contains($0.word) }
        }
        if !suspects.isEmpty {
            let again = CheckSession.withReferences(suspects.map { cells[$0] })
            let fresh = judge(baseline, try session.measure(again, rounds: rounds), settings)
            let confidence = ComparisonPlan(falseAlarmRate: settings.falseAlarms, hypotheses: 1, looks: [1])
                .confirmationConfidence
            for index in suspects {
                Self.confirm(&found[index], by: fresh.finding(cells[index], confidence: confidence))
            }
        }
        return (found, first, session)
    }

    private func judge(_ baseline: Baseline, _ records: [Record], _ settings: Comparison.Settings)
        -> IndependentComparison
    {
        IndependentComparison(
            base: baseline.table, candidate: RoundIndex(records), usesReferences: true, metrics: settings.metrics,
            falseAlarms: settings.falseAlarms,
            threshold: { settings.thresholds[$0] ?? IndependentComparison.usualThreshold($0) })
    }

    /// A change that new rounds do not confirm is undecided.
    static func confirm(_ finding: inout CellFinding, by fresh: CellFinding) {
        if let note = fresh.note { finding.note = finding.note ?? note }
        for index in finding.metrics.indices {
            let (word, again) = (finding.metrics[index].word, fresh.metrics[index])
            finding.metrics[index].fresh = again.change
            if again.word == .broken { finding.metrics[index].word = .broken }
            guard [.slower, .faster, .unjudged].contains(word), again.word != word, again.word != .broken else {
                continue
            }
            finding.metrics[index].word = .undecided
            finding.metrics[index].note =
                word == .unjudged
                ? "ratios to the references were not comparable at first, and were in new rounds"
                : "not confirmed in new rounds"
        }
    }

    private func notes(
        _ baseline: Baseline, _ comparison: IndependentComparison, _ cells: [CellID], _ session: CheckSession,
        falseAlarms: Double
    ) -> [String] {
        let transfers = cells.map(\.load).uniqued().compactMap { load in
            comparison.transfer(load, confidence: comparison.confidence(cells, falseAlarms: falseAlarms))
                .map { (load.workers, $0) }
        }
        let text = transfers.map { "\(Percent.change($0.1.change.ratio)) with \($0.0)" }.joined(separator: ", ")
        let worst = transfers.map { abs(log($0.1.change.ratio)) }.max()
        let isBad = transfers.contains { $0.1.isBad }
        let judgement = worst.map { isBad ? "badly" : $0 < 0.1 ? "well" : "roughly" }
        var notes = ["Change is of ratios to atomic-add and futex."]
        notes[0] +=
            judgement.map {
                " Ratios carry over \($0): of the two references, futex has changed against atomic-add by \(text) workers."
            } ?? " How well ratios carry over is not known: a reference was not measured."
        let machines = [baseline.records.first, session.records.last].map { $0?.platform ?? "" }
        if machines[0] != machines[1] {
            notes.append("The baseline is of another machine or kernel: \(machines[0]); here it is \(machines[1]).")
        }
        return notes
    }
}
