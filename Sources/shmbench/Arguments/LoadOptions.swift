internal import ArgumentParser
internal import ShmCoordinator
internal import ShmRecord

/// The locks and their load: the options of every command that measures rounds.
struct LoadOptions: ParsableArguments {
    @Option(
        "--locks", .locks, valueName: "a,b",
        "Locks to measure: \(LockSelection.help), separated by commas. (default: in `run` all; in `compare` robust-futex,futex for builds; in `check` those of the baseline)"
    )
    var locks: CommaList?

    @Option(
        parsing: .unconditional, help: ArgumentHelp(.workers),
        transform: Notation.list(of: Parameter.workers.expected, areNumbers: true).reader(for: "--workers"))
    var workers: CommaList?

    @Option(
        parsing: .unconditional, help: ArgumentHelp(.criticalSection), transform: Parameter.criticalSection.asked)
    var criticalSection: Parameter.Asked?

    @Option(parsing: .unconditional, help: ArgumentHelp(.think), transform: Parameter.think.asked)
    var think: Parameter.Asked?

    @Option(parsing: .unconditional, help: ArgumentHelp(.counters), transform: Parameter.counters.asked)
    var counters: Parameter.Asked?

    @Option(parsing: .unconditional, help: ArgumentHelp(.touch), transform: Parameter.touch.asked)
    var touch: Parameter.Asked?

    @Option(parsing: .unconditional, help: ArgumentHelp(.readPercent), transform: Parameter.readPercent.asked)
    var readPercent: Parameter.Asked?

    @Option(parsing: .unconditional, help: ArgumentHelp(.rate), transform: Parameter.rate.asked)
    var rate: Parameter.Asked?

    @Option(help: ArgumentHelp(.arrivals), transform: Parameter.arrivals.asked)
    var arrivals: Parameter.Asked?

    @Option(parsing: .unconditional, help: ArgumentHelp(.burst), transform: Parameter.burst.asked)
    var burst: Parameter.Asked?

    @Option(parsing: .unconditional, help: ArgumentHelp(.busyLoops), transform: Parameter.busyLoops.asked)
    var busyLoops: Parameter.Asked?

    @Option(help: ArgumentHelp(.pinning), transform: Parameter.pinning.asked)
    var pin: Parameter.Asked?

    @Option(
        help: ArgumentHelp(
            "TOML file of workloads, as in scripts/scenarios. --locks and --workers override those of the file.",
            valueName: "file"))
    var scenario: String?

    /// The parameters that were given, all of which a scenario's file sets. Reflection finds them, as the parser does.
    private var given: [Parameter.Asked] {
        Mirror(reflecting: self).children.compactMap { ($0.value as? Option<Parameter.Asked?>)?.wrappedValue }
    }

    /// Refuses invalid parameters, and options that exclude or need each other.
    ///
    /// - Parameter needsRate: whether `--arrivals` needs a `--rate`.
    func check(needsRate: Bool) throws {
        if let workers { _ = try WorkerCounts.counts(workers.items) }
        if try points().contains(where: \.lacksRate) && needsRate {
            throw Failure.missing("--rate", for: "--arrivals", "add it, as in `--rate 50k`")
        }
        if try points().contains(where: \.hasOddBurst) {
            throw Failure.missing(
                "bursts", for: "--burst", "give `--arrivals burst` and no other kind, or leave out --burst")
        }
        if scenario != nil, let option = given.first?.parameter.option {
            throw Failure.conflict("--scenario", option, "leave out \(option), or set it in the file")
        }
    }

    /// The first of these options that was given.
    var firstOption: String? {
        if locks != nil { return "--locks" }
        if workers != nil { return "--workers" }
        return scenario != nil ? "--scenario" : given.first?.parameter.option
    }

    /// The loads of the command line, without the number of workers: each combination of values.
    private func points() throws -> [Load] {
        let given = given
        return try ParameterValues.combinations(
            Parameter.ordered.flatMap { parameter in
                try given.filter { $0.parameter.column == parameter.column }.map { try $0.values() }
            })
    }

    /// The workloads to measure: those of the scenario, or that of the command line.
    ///
    /// - Parameters:
    ///   - usualLocks: the locks without `--locks`.
    ///   - usualWorkers: the numbers of workers without `--workers`.
    func workloads(usualLocks: [String], usualWorkers: [Int], stuckAfter: Int) throws -> [Workload] {
        let kinds = try locks.map { try LockSelection.kinds($0.items) }
        let counts = try workers.map { try WorkerCounts.counts($0.items) }
        if let scenario {
            return try Scenario.workloads(
                ScenarioFile.text(scenario), path: scenario, locks: kinds, workers: counts,
                stuckAfter: stuckAfter)
        }
        let points = try points()
        let workload = Workload(
            locks: try kinds ?? LockSelection.kinds(usualLocks),
            workers: counts ?? Workload.fitting(usualWorkers, points), points)
        if let objection = workload.objection(stuckAfter: stuckAfter) { throw Failure(objection, code: .usage) }
        return [workload]
    }

    /// Refuses open loops with too few acquisitions in a window.
    static func checkRates(_ cells: [Cell], _ timing: Timing) throws {
        for cell in cells where cell.load.isOpen {
            let window = min(timing.throughput, timing.latency)
            if cell.burst > 0 && cell.rate * Double(window) < 3e9 * Double(cell.burst) {
                throw Failure(
                    "--rate of \(Figure.rate(cell.rate)), --burst \(cell.burst) and a latency window of \(Figure.time(Double(window))) give fewer than 3 bursts: use a longer --duration",
                    code: .usage)
            }
            if cell.rate * Double(window) < 10e9 {
                throw Failure(
                    "--rate of \(Figure.rate(cell.rate)) and a latency window of \(Figure.time(Double(window))) give fewer than 10 acquisitions: use a longer --duration",
                    code: .usage)
            }
            if cell.rate * Double(timing.stuckAfter) < 10e9 {
                throw Failure(
                    "--rate of \(Figure.rate(cell.rate)) and --stuck-after of \(TimeSpan(nanoseconds: timing.stuckAfter)) give fewer than 10 acquisitions: use a longer --stuck-after",
                    code: .usage)
            }
        }
    }
}
