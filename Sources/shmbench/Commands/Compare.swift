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
        abstract: "Compare two locks, plugins or builds by measuring them in turn: faster, slower, the same?",
        discussion: """
            BASE and CANDIDATE are each a lock's name, a lock plugin (.so), a worker program or a folder with one (a build), \
            or a results file. Variables before them are for their processes alone: "NAME=VALUE futex".

            What can be run is run in blocks of rounds, A B B A or B A A B by the toss of a coin, until all is decided or the time \
            is over. A difference counts where its interval excludes no change and its size exceeds the metric's threshold, \
            and where fresh rounds say the same. The base is compared with itself too, and nothing is judged where that \
            differs. Builds are compared by the locks robust-futex and futex with 1 and 2 workers, if nothing else is asked for.

            Exit codes: 0 no regression, 1 the run failed or could not be judged, 2 regression, 3 integrity failure, 4 not \
            decided (with --fail-inconclusive), 64 usage.
            """)

    @Argument(help: "What to compare with.")
    var base: String

    @Argument(help: "What to judge.")
    var candidate: String

    @OptionGroup var options: JudgingOptions

    @Option(
        parsing: .unconditional,
        help: ArgumentHelp(
            "The longest that all of it may take; it ends as soon as all is decided. (default: 30s for each cell)",
            valueName: "time"), transform: TimeSpan.parse)
    var maxTime: TimeSpan?

    func check() throws {
        try options.check()
        if let maxTime, maxTime.nanoseconds < 1_000_000_000 {
            throw Failure("--max-time \(maxTime) is too short to decide anything: 1s or more", code: .usage)
        }
    }

    mutating func run() throws {
        let sides = (base: try Side(base), candidate: try Side(candidate))
        if case .results(let base) = sides.base.thing, case .results(let candidate) = sides.candidate.thing {
            if options.history.history != nil {
                throw Failure("--history keeps what is measured, and files were measured before", code: .usage)
            }
            try checkFiles()
            return try judge(inputs: [base, candidate]) {
                let settings = try options.settings(seed: 0)
                return (try FileComparison(base: base, candidate: candidate, settings: settings).findings(), [])
            }
        }
        guard sides.base.isRunnable && sides.candidate.isRunnable else {
            throw Failure(
                "a results file is compared with another; to compare today with a file, use `shmbench check --baseline FILE`",
                code: .usage)
        }
        let seed = options.seed ?? .random(in: 0 ... .max)
        var settings = try options.settings(seed: seed)
        let pairs = try pairs(sides)
        settings.patience = maxTime.map { Double($0.nanoseconds) / 1e9 } ?? 30 * Double(pairs.count)
        try judge {
            let startedAt = time(nil)
            Interruption.watch()
            let (comparison, session) = try measure(sides, pairs, settings)
            var findings = Findings(
                base: base, candidate: candidate, cells: comparison.findings, falseAlarms: settings.falseAlarms,
                startedAt: startedAt, seed: seed)
            findings.notes = session.notes
            // The base is of another commit than the one that is measured, and has a history of its own.
            return (findings, session.rows.filter { $0.role == .candidate }.map(\.record))
        }
    }

    /// What files hold was measured under a load of theirs: options that say otherwise would be ignored.
    private func checkFiles() throws {
        let ignored = options.load.firstOption ?? (maxTime != nil ? "--max-time" : nil)
        if let ignored {
            throw Failure("\(ignored) has no part in comparing two files: all that they hold is compared", code: .usage)
        }
    }

    private func measure(
        _ sides: (base: Side, candidate: Side), _ pairs: [Comparison.Pair], _ settings: Comparison.Settings
    ) throws -> (Comparison, ComparisonSession) {
        var session = try ComparisonSession(sides, pairs, settings, options.timing)
        do { return (try session.run(), session) } catch let failure as Failure where failure.cause == .interrupted {
            throw Failure("interrupted after \(session.rows.count) rounds: nothing is judged", cause: .interrupted)
        }
    }

    /// The cells: the locks that both sides are, or those that both builds are to be measured with.
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
            throw Failure("--locks is for two builds; here \(base) and \(candidate) are the locks", code: .usage)
        }
        // With what is compared by name, the workload's locks have no part.
        let workloads = try options.load.workloads(
            usualLocks: names == nil ? ["robust-futex", "futex"] : [LockKind.default.name], usualWorkers: [1, 2],
            stuckAfter: options.stuckAfter.nanoseconds)
        try LoadOptions.checkRates(workloads.flatMap(\.cells), options.timing)
        let pairs = workloads.flatMap { workload in
            workload.loads.flatMap { load in
                (names.map { [$0] } ?? workload.locks.map { ($0.name, $0.name) }).map { names in
                    let survives = [names.0, names.1].allSatisfy {
                        LockKind(named: $0)?.properties.survivesOwnerDeath ?? ($0 == "plugin")
                    }
                    return Comparison.Pair(
                        load: load, baseLock: names.0, candidateLock: names.1, kills: survives ? options.kills : 0)
                }
            }
        }
        return pairs
    }
}
