internal import ArgumentParser
internal import Glibc
internal import ShmCompare
internal import ShmCoordinator
internal import ShmCore
internal import ShmRecord
internal import SystemPackage

/// `shmbench compare`.
struct Compare: JudgingCommand {
    static let configuration = CommandConfiguration(
        abstract: "Compare two locks, plugins or builds in interleaved rounds: faster, slower or equivalent?",
        discussion: """
            <base> and <candidate> are each a lock's name, a lock plugin (.so), a worker program or a folder with one (a \
            build), or a results file (.csv). Environment variables can precede them and apply to their processes only: \
            "NAME=VALUE futex".

            Rounds are measured in blocks, in the order A B B A or B A A B at random, until all metrics are decided or \
            --max-time is over. A change is reported if its confidence interval excludes zero, if its size exceeds the \
            metric's threshold, and if new rounds confirm it. The base is also compared with itself (the control). Nothing \
            is judged if the control differs. Builds are compared with robust-futex and futex and 1 and 2 workers, unless \
            --locks and --workers name others.

            \(ExitStatus.help())

            \(Examples.text("compare"))
            """)

    @Argument(help: "The base: a lock, a plugin, a build or a results file.")
    var base: String

    @Argument(help: "The candidate, which is judged.")
    var candidate: String

    @OptionGroup var options: JudgingOptions

    @Option(
        "--max-time", .span(from: 1_000_000_000), valueName: "time",
        "Maximum time of the comparison, which ends earlier when all metrics are decided. (default: 30s for each cell)")
    var maxTime: TimeSpan?

    /// What determines the margins of equivalence.
    enum Margin: String, CaseIterable, Sendable { case threshold, auto }

    @Option(
        "--margin", .choice(Margin.allCases, name: \.rawValue), valueName: "rule",
        "Margin within which a metric is equivalent: its threshold, or with auto what the noise of the base against itself lets this comparison prove, at least the threshold and at most \(Metric.marginCaps). Changes are reported from the threshold on."
    )
    var margin = Margin.threshold

    func check() throws { try options.check() }

    mutating func run() throws {
        let sides = (base: try Side(base, for: "<base>"), candidate: try Side(candidate, for: "<candidate>"))
        if case .results(let base) = sides.base.thing, case .results(let candidate) = sides.candidate.thing {
            try checkFiles()
            return try judge(inputs: [base, candidate]) {
                let settings = try options.settings(seed: 0)
                var findings = try FileComparison(base: base, candidate: candidate, settings: settings).findings()
                findings.request = ComparisonRequest(
                    metrics: settings.metrics, falseAlarms: settings.falseAlarms)
                return (findings, [])
            }
        }
        guard sides.base.isRunnable && sides.candidate.isRunnable else {
            throw Failure(
                "\(base) and \(candidate) are a results file and a program: name two results files, or use `shmbench check --baseline FILE`",
                code: .usage)
        }
        let seed = options.seed ?? .random(in: 0 ... .max)
        var settings = try options.settings(seed: seed)
        settings.adaptsMargins = margin == .auto
        settings.metrics = metrics(settings)
        let pairs = try pairs(sides)
        settings.patience = maxTime.map { Double($0.nanoseconds) / 1e9 } ?? 30 * Double(pairs.count)
        try judge {
            let startedAt = time(nil)
            Interruption.watch()
            let (cells, session) = try measure(sides, pairs, settings)
            var findings = Findings(
                base: base, candidate: candidate, cells: cells, falseAlarms: settings.falseAlarms,
                startedAt: startedAt, seed: seed)
            findings.notes = session.notes
            findings.request = options.request(settings)
            findings.request?.maxTime = TimeSpan(nanoseconds: Int(settings.patience * 1e9))
            // The base is of another commit than the one that is measured, and has a history of its own.
            let rounds = session.rows.filter { $0.role == .candidate }.map(\.record)
            findings.locate(rounds)
            return (findings, rounds)
        }
    }

    /// Refuses options that would be ignored: the rounds in the files have been measured.
    private func checkFiles() throws {
        let ignored =
            options.firstOfMeasuring
            ?? (maxTime != nil
                ? "--max-time"
                : margin == .auto ? "--margin" : options.countsInstructions ? "--metrics instructions" : nil)
        if let ignored {
            throw Failure.conflict(
                ignored, "two results files",
                "leave out \(ignored), since all cells of the files are compared and nothing is measured")
        }
    }

    /// The metrics to judge, and without `--metrics` the instructions beside them. Instructions alone need no rounds, which
    /// would show the integrity.
    private func metrics(_ settings: Comparison.Settings) -> [Metric] {
        guard let asked = options.metrics else { return Metric.all }
        let named = Set(asked.items.compactMap(Metric.named))
        return named == [.instructions] ? [.instructions] : settings.metrics
    }

    private func measure(
        _ sides: (base: Side, candidate: Side), _ pairs: [Comparison.Pair], _ settings: Comparison.Settings
    ) throws -> ([CellFinding], ComparisonSession) {
        var session = ComparisonSession(sides, pairs, settings, options.timing)
        let isNamed = options.metrics != nil
        do { return (try session.findings(judgesInstructions: isNamed), session) } catch let failure as Failure
            where failure.cause == .interrupted
        {
            let count = session.rows.count
            let when = count == 0 ? "before the first round" : "after \(counted(count, "round"))"
            throw Failure("interrupted \(when): nothing is judged", cause: .interrupted)
        }
    }

    /// The number of cells that two sides have.
    func cellCount(_ base: Side, _ candidate: Side) throws -> Int { try pairs((base, candidate)).count }

    /// The cells: the two locks, or the locks with which both builds are measured.
    private func pairs(_ sides: (base: Side, candidate: Side)) throws -> [Comparison.Pair] {
        let names: (base: String, candidate: String)?
        switch (sides.base.lock, sides.candidate.lock) {
        case (let base?, let candidate?): names = (base, candidate)
        case (nil, nil): names = nil
        default:
            throw Failure(
                "\(base) and \(candidate) are a lock and a build: name two locks, or two builds and --locks",
                code: .usage)
        }
        if names != nil && options.load.locks != nil {
            throw Failure(
                "--locks and two locks, \(base) and \(candidate), exclude each other: leave out --locks", code: .usage)
        }
        // Two locks that are named replace those of the workload.
        let workloads = try options.load.workloads(
            usualLocks: names == nil ? ["robust-futex", "futex"] : [LockKind.default.name], usualWorkers: [1, 2],
            stuckAfter: options.conditions.stuckAfter.nanoseconds)
        try LoadOptions.checkRates(workloads.flatMap(\.cells), options.timing)
        let pairs = workloads.flatMap { workload in
            workload.loads.flatMap { load in
                (names.map { [$0] } ?? workload.locks.map { ($0.name, $0.name) }).map { names in
                    let survives = [names.0, names.1].allSatisfy {
                        LockKind(named: $0)?.properties.survivesOwnerDeath ?? ($0 == "plugin")
                    }
                    return Comparison.Pair(
                        load: load, baseLock: names.0, candidateLock: names.1,
                        kills: survives ? options.conditions.kills : 0)
                }
            }
        }
        return pairs
    }
}
