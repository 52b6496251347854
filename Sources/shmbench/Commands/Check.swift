internal import ArgumentParser
internal import Glibc
internal import ShmCoordinator
internal import ShmCore
internal import ShmStatistics
internal import SystemPackage

/// `shmbench check`.
struct Check: ParsableCommand {
    static let configuration = CommandConfiguration(
        abstract: "Compare today with a committed baseline of another day or machine.",
        discussion: """
            Absolute times do not carry over. Compared are ratios to two reference primitives, atomic-add and futex, that \
            are measured in the same rounds under the same load; a change counts if it is one against both, if all of its \
            interval is beyond the threshold and beyond what single rounds differ by, and again in fresh rounds. Thresholds \
            are three times those of `compare`, unless they are given: for two builds that can both be run, `compare` sees \
            more.

            The cells are the baseline's. --update measures it anew: the locks robust-futex, futex and pthread-robust with 1 and \
            2 workers, if nothing else is asked for.
            """)

    @Option(help: ArgumentHelp("The results file to compare with, or to write.", valueName: "file.csv"))
    var baseline: String

    @Flag(help: "Write the baseline anew from what is measured now, and judge nothing.")
    var update = false

    @Option(
        parsing: .unconditional, help: ArgumentHelp("Rounds of each cell, and again to confirm.", valueName: "n"))
    var rounds = 21

    @Option(help: ArgumentHelp("The worker program. (default: shmworker beside this program)", valueName: "path"))
    var worker: String?

    @OptionGroup var options: JudgingOptions

    mutating func run() throws {
        try options.check()
        guard (IndependentComparison.fewestRounds...10_000).contains(rounds) else {
            throw Failure(
                "--rounds \(rounds) makes no sense: \(IndependentComparison.fewestRounds) to 10000", code: .usage)
        }
        guard baseline.hasSuffix(".csv") else {
            throw Failure("--baseline \(baseline): the ending must be .csv", code: .usage)
        }
        let seed = options.seed ?? .random(in: 0 ... .max)
        update ? try renew(seed) : try compare(seed)
    }

    /// What is asked for on the command line; `nil` where nothing is.
    private func asked() throws -> [CellID]? {
        let load = options.load
        if load.locks == nil && load.workers == nil && load.scenario == nil && !update { return nil }
        let workloads = try load.workloads(
            usualLocks: ["robust-futex", "futex", "pthread-robust"], usualWorkers: [1, 2],
            stuckAfter: options.stuckAfter.nanoseconds)
        try LoadOptions.checkRates(workloads.flatMap(\.cells), options.timing)
        return workloads.flatMap(\.cells).map { CellID(lock: $0.lock.name, load: Load($0)) }
    }

    // MARK: The baseline

    private func renew(_ seed: UInt64) throws {
        let cells = try asked() ?? []
        let history = try options.history.open()
        Interruption.watch()
        var session = try CheckSession(worker, options, seed: seed)
        let records = try session.measure(CheckSession.withReferences(cells), rounds: rounds)
        if let record = records.first(where: { !$0.isAsPromised }) {
            throw Failure(
                "\(CellID(record).title) is \(record.text("integrity")): a broken lock is no measure, and \(baseline) is left as it was",
                code: .integrity)
        }
        // A reader finds the old file or the new one, whole.
        let file = baseline + ".new"
        do {
            let descriptor = try FileDescriptor.open(
                FilePath(file), .writeOnly, options: [.create, .truncate, .closeOnExec],
                permissions: [.ownerReadWrite, .groupRead, .otherRead])
            try descriptor.closeAfter { _ = try descriptor.writeAll(session.document(records).utf8) }
            if unsafe rename(file, baseline) != 0 { throw Errno(rawValue: errno) }
        } catch {
            throw Failure("cannot write the baseline \(baseline): \((error as? Errno)?.description ?? "\(error)")")
        }
        try history?.append(records)
        let text =
            "wrote \(records.count) rounds of \(Set(records.map(CellID.init)).count) cells to \(baseline): commit it\n"
        try Terminal.show(text)
    }

    // MARK: Comparing

    private func compare(_ seed: UInt64) throws {
        let baseline = try Baseline(self.baseline)
        let wanted = try asked()?.filter { $0.lock != RoundTable.references[0] }
        if let wanted { try baseline.check(against: wanted) }
        try baseline.check(window: options.duration.nanoseconds)
        let settings = try options.settings(seed: seed)
        let output = try FindingsOutput(options)
        let history = try options.history.open()
        let startedAt = time(nil)
        Interruption.watch()
        var session = try CheckSession(worker, options, seed: seed)

        let cells = wanted ?? baseline.cells
        let first = judge(baseline, try session.measure(CheckSession.withReferences(cells), rounds: rounds), settings)
        // The baseline has a part in both stages, and they are not independent: the first alone must keep the rate.
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
        var findings = Findings(
            base: self.baseline, candidate: "now", cells: found, falseAlarms: settings.falseAlarms,
            startedAt: startedAt, seed: seed)
        findings.notes = notes(baseline, first, cells, session)
        try output.write(findings)
        try history?.append(session.records)
        let status = findings.status(failsInconclusive: options.failInconclusive)
        if status != .ok { throw ExitCode(status.rawValue) }
    }

    private func judge(_ baseline: Baseline, _ records: [Record], _ settings: Comparison.Settings)
        -> IndependentComparison
    {
        IndependentComparison(
            base: baseline.table, candidate: RoundTable(records), usesReferences: true, metrics: settings.metrics,
            threshold: { settings.thresholds[$0] ?? 3 * $0.usualThreshold })
    }

    /// What fresh rounds do not say too is not decided.
    static func confirm(_ finding: inout CellFinding, by fresh: CellFinding) {
        if let note = fresh.note { finding.note = finding.note ?? note }
        for index in finding.metrics.indices {
            let (word, again) = (finding.metrics[index].word, fresh.metrics[index])
            finding.metrics[index].fresh = again.change
            if again.word == .broken { finding.metrics[index].word = .broken }
            guard [.slower, .faster, .unjudged].contains(word), again.word != word, again.word != .broken else {
                continue
            }
            finding.metrics[index].word = .inconclusive
            finding.metrics[index].note =
                word == .unjudged
                ? "ratios to the references did not carry over at first, and did in fresh rounds"
                : "not confirmed in fresh rounds"
        }
    }

    private func notes(
        _ baseline: Baseline, _ comparison: IndependentComparison, _ cells: [CellID], _ session: CheckSession
    ) -> [String] {
        let transfers = cells.map(\.load).uniqued().compactMap { load in
            comparison.transfer(load, confidence: 0.95).map { (load.workers, $0.change.ratio) }
        }
        let text = transfers.map { "\(Percent.change($0.1)) with \($0.0)" }.joined(separator: ", ")
        let worst = transfers.map { abs(log($0.1)) }.max() ?? 0
        let judgement =
            worst < 0.1 ? "well" : worst < log1p(IndependentComparison.Transfer.limit) ? "roughly" : "badly"
        var notes = [
            "What differs between days for no reason is for the thresholds; the rate of false alarms is for the noise within a day. "
                + "Change is of ratios to atomic-add and futex. Ratios carry over \(judgement): of the two references, futex has changed against atomic-add by \(text) workers."
        ]
        let machines = [baseline.records.first, session.records.last].map { record in
            record.map { record in ["hostname", "cpu_model", "kernel"].map(record.text).joined(separator: ", ") } ?? ""
        }
        if machines[0] != machines[1] { notes.append("The baseline is of another machine or kernel: \(machines[0]).") }
        return notes
    }
}
