internal import ArgumentParser
internal import ShmCoordinator
internal import ShmRecord

/// Which locks, and under what load: what every command that measures can be told.
struct LoadOptions: ParsableArguments {
    @Option(
        help: ArgumentHelp(
            "Locks to measure: \(LockSelection.help), separated by commas.", valueName: "a,b"))
    var locks: CommaList?

    @Option(parsing: .unconditional, help: ArgumentHelp(.workers))
    var workers: CommaList?

    @Option(
        parsing: .unconditional, help: ArgumentHelp(.criticalSection), transform: Parameter.criticalSection.asked)
    var criticalSection: Parameter.Asked?

    @Option(parsing: .unconditional, help: ArgumentHelp(.think), transform: Parameter.think.asked)
    var think: Parameter.Asked?

    @Option(parsing: .unconditional, help: ArgumentHelp(.counters), transform: Parameter.counters.asked)
    var counters: Parameter.Asked?

    @Option(parsing: .unconditional, help: ArgumentHelp(.readPercent), transform: Parameter.readPercent.asked)
    var readPercent: Parameter.Asked?

    @Option(parsing: .unconditional, help: ArgumentHelp(.rate), transform: Parameter.rate.asked)
    var rate: Parameter.Asked?

    @Option(help: ArgumentHelp(.arrivals), transform: Parameter.arrivals.asked)
    var arrivals: Parameter.Asked?

    @Option(help: ArgumentHelp(.pinning), transform: Parameter.pinning.asked)
    var pin: Parameter.Asked?

    @Option(
        help: ArgumentHelp(
            "A file of workloads, as in scripts/scenarios; --locks and --workers override its own.", valueName: "file"))
    var scenario: String?

    /// The parameters that were given and that a scenario's file decides. They are found as the parser finds options.
    private var given: [Parameter.Asked] {
        Mirror(reflecting: self).children.compactMap { ($0.value as? Option<Parameter.Asked?>)?.wrappedValue }
    }

    /// Refuses invalid options.
    ///
    /// - Parameter needsRate: whether arrivals are spaced only where there is a rate.
    func check(needsRate: Bool) throws {
        if try load().lacksRate && needsRate {
            throw usage("--arrivals spaces an open loop: it needs a --rate, as in `--rate 50k`")
        }
        if scenario != nil, let option = given.first?.parameter.option {
            throw usage("--scenario says what the workloads are: leave out \(option), or change the file")
        }
    }

    private func usage(_ message: String) -> Failure { Failure(message, code: .usage) }

    /// An option of these that was given.
    var firstOption: String? {
        if locks != nil { return "--locks" }
        if workers != nil { return "--workers" }
        return scenario != nil ? "--scenario" : given.first?.parameter.option
    }

    /// The command line's load, but for the number of workers.
    private func load() throws -> Load {
        try given.reduce(into: Load()) { load, asked in
            try asked.parameter.set(asked.text, for: asked.parameter.option, in: &load)
        }
    }

    /// What is to be measured: the scenario's workloads, or the command line's one.
    ///
    /// - Parameters:
    ///   - usualLocks: where none are asked for.
    ///   - usualWorkers: likewise.
    func workloads(usualLocks: [String], usualWorkers: [Int], stuckAfter: Int) throws -> [Workload] {
        let kinds = try locks.map { try LockSelection.kinds($0.items) }
        let counts = try workers.map { try WorkerCounts.counts($0.items) }
        if let scenario {
            return try Scenario.workloads(
                ScenarioFile.text(scenario), path: scenario, locks: kinds, workers: counts,
                stuckAfter: stuckAfter)
        }
        let workload = Workload(
            locks: try kinds ?? LockSelection.kinds(usualLocks), workers: counts ?? usualWorkers, try load())
        if let objection = workload.objection(stuckAfter: stuckAfter) { throw usage(objection) }
        return [workload]
    }

    /// Refuses open loops whose windows would see next to nothing.
    static func checkRates(_ cells: [Cell], _ timing: Timing) throws {
        for cell in cells where cell.load.isOpen {
            let window = min(timing.throughput, timing.latency)
            if cell.rate * Double(window) < 10e9 {
                throw Failure(
                    "a rate of \(Figure.rate(cell.rate)) brings fewer than 10 acquisitions in a latency window of \(TimeSpan(nanoseconds: window)): use a longer --duration",
                    code: .usage)
            }
            if cell.rate * Double(timing.stuckAfter) < 10e9 {
                throw Failure(
                    "a rate of \(Figure.rate(cell.rate)) needs a longer --stuck-after: ten gaps at least", code: .usage)
            }
        }
    }
}
