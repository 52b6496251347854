public import ArgumentParser
public import ShmCoordinator
internal import ShmHarness
internal import ShmRecord

extension Pinning: ExpressibleByArgument {}

/// Which locks, and under what load: what every command that measures can be told.
struct LoadOptions: ParsableArguments {
    @Option(
        help: ArgumentHelp(
            "Locks to measure: \(LockSelection.help), separated by commas.", valueName: "a,b"))
    var locks: CommaList?

    @Option(
        parsing: .unconditional,
        help: ArgumentHelp("Numbers of contending processes.", valueName: "n,m"))
    var workers: CommaList?

    @Option(
        parsing: .unconditional,
        help: ArgumentHelp(
            "Busy time inside the critical section, beside the counters. (default: 0)", valueName: "time"),
        transform: TimeSpan.parse)
    var criticalSection = TimeSpan(nanoseconds: 0)

    @Option(
        parsing: .unconditional,
        help: ArgumentHelp("Busy time between a release and the next attempt. (default: 0)", valueName: "time"),
        transform: TimeSpan.parse)
    var think = TimeSpan(nanoseconds: 0)

    @Option(
        parsing: .unconditional, help: ArgumentHelp("Counters incremented in each critical section.", valueName: "n"))
    var counters = 4

    @Option(
        parsing: .unconditional,
        help: ArgumentHelp(
            "How many of a hundred sections only read; locks without a reader side exclude readers, too.",
            valueName: "n"))
    var readPercent = 0

    @Option(
        parsing: .unconditional,
        help: ArgumentHelp(
            "Open loop: so many acquisitions a second are due, of all workers together, and latency counts from when each was due.",
            valueName: "n"), transform: Rate.parse)
    var rate: Rate?

    @Option(
        help: ArgumentHelp(
            "How the times of an open loop are spaced: poisson or uniform. (default: poisson)", valueName: "kind"))
    var arrivals: String?

    @Option(
        help: ArgumentHelp(
            "A file of workloads, as in scripts/scenarios; --locks and --workers override its own.", valueName: "file"))
    var scenario: String?

    @Option(help: "Which CPUs workers run on: wherever the scheduler puts them, close together, or far apart.")
    var pin = Pinning.spread

    /// Refuses what makes no sense, saying what does.
    ///
    /// - Parameter needsRate: whether arrivals are spaced only where there is a rate.
    func check(needsRate: Bool) throws {
        if let arrivals, Arrivals.Spacing.open(arrivals) == nil {
            throw usage("--arrivals \(arrivals) is neither poisson nor uniform")
        }
        if arrivals != nil && rate == nil && needsRate {
            throw usage("--arrivals spaces an open loop: it needs a --rate, as in `--rate 50k`")
        }
        if scenario != nil, let option = workloadOption {
            throw usage("--scenario says what the workloads are: leave out \(option), or change the file")
        }
    }

    private func usage(_ message: String) -> Failure { Failure(message, code: .usage) }

    /// An option of these that was given.
    var firstOption: String? {
        if locks != nil { return "--locks" }
        if workers != nil { return "--workers" }
        return scenario != nil ? "--scenario" : workloadOption
    }

    /// An option that was given and that a scenario's file decides.
    private var workloadOption: String? {
        if criticalSection.nanoseconds != 0 { return "--critical-section" }
        if think.nanoseconds != 0 { return "--think" }
        if counters != 4 { return "--counters" }
        if readPercent != 0 { return "--read-percent" }
        if rate != nil { return "--rate" }
        if arrivals != nil { return "--arrivals" }
        return pin != .spread ? "--pin" : nil
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
            locks: try kinds ?? LockSelection.kinds(usualLocks), workers: counts ?? usualWorkers,
            criticalSection: criticalSection.nanoseconds, think: think.nanoseconds, counters: counters,
            readPercent: readPercent, pinning: pin,
            spacing: rate == nil ? .closed : arrivals.flatMap(Arrivals.Spacing.open) ?? .poisson,
            rate: rate?.perSecond ?? 0)
        if let objection = workload.objection(stuckAfter: stuckAfter) { throw usage(objection) }
        return [workload]
    }

    /// Refuses open loops whose windows would see next to nothing.
    static func checkRates(_ cells: [Cell], _ timing: Timing) throws {
        for cell in cells where cell.spacing != .closed {
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
