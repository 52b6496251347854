public import ArgumentParser
public import ShmCoordinator
internal import ShmHarness

extension Pinning: ExpressibleByArgument {}

/// What `shmbench run` can be told.
struct RunOptions: ParsableArguments {
    @Option(
        help: ArgumentHelp(
            "Locks to measure: \(LockSelection.help), separated by commas. (default: all)", valueName: "a,b"))
    var locks: CommaList?

    @Option(
        parsing: .unconditional,
        help: ArgumentHelp("Numbers of contending processes. (default: 1, 2 and 4 × the CPUs)", valueName: "n,m"))
    var workers: CommaList?

    @Option(
        parsing: .unconditional,
        help: ArgumentHelp(
            "Length of the throughput window; the latency window has a third of it. (default: 300ms, or less where all rounds "
                + "would take longer than about 45 s)", valueName: "time"
        ), transform: TimeSpan.parse)
    var duration: TimeSpan?

    @Option(
        parsing: .unconditional,
        help: ArgumentHelp("Rounds of each cell, a fresh fleet of workers each.", valueName: "n"))
    var rounds = 3

    @Option(
        parsing: .unconditional,
        help: ArgumentHelp(
            "Contending before anything is counted. (default: 50ms, or a third of a shorter window)", valueName: "time"),
        transform: TimeSpan.parse)
    var warmup: TimeSpan?

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

    @Flag(help: "Find the highest rate of an open loop at which p99 stays below --bound, for each lock.")
    var findCapacity = false

    @Option(
        parsing: .unconditional,
        help: ArgumentHelp("The bound for --find-capacity. (default: 100us)", valueName: "time"),
        transform: TimeSpan.parse)
    var bound: TimeSpan?

    @Option(
        help: ArgumentHelp(
            "A file of workloads, as in scripts/scenarios; --locks and --workers override its own.", valueName: "file"))
    var scenario: String?

    @Option(help: "Which CPUs workers run on: wherever the scheduler puts them, close together, or far apart.")
    var pin = Pinning.spread

    @Option(
        parsing: .unconditional,
        help: ArgumentHelp("Order of the rounds; the same seed gives the same order. (default: random)", valueName: "n")
    )
    var seed: UInt64?

    @Option(
        parsing: .unconditional,
        help: ArgumentHelp("A round without progress for so long is stuck. (default: 5s)", valueName: "time"),
        transform: TimeSpan.parse)
    var stuckAfter = TimeSpan(nanoseconds: 5_000_000_000)

    @Option(help: "What to print on stdout.")
    var format = OutputFormat.table

    @Option(
        help: ArgumentHelp(
            "File for the results, .csv or .json by its ending. (default: results/run-TIME.csv)", valueName: "file"))
    var output: String?

    @Option(help: "By what the tables are sorted.")
    var sort = SortKey.throughput

    @Option(
        help: ArgumentHelp("A folder for the latency distribution of each cell, as .hgrm files.", valueName: "folder"))
    var hgrm: String?

    @Option(
        help: ArgumentHelp(
            "A file for a picture of who held the lock when: the last of each cell's first round, for ui.perfetto.dev.",
            valueName: "file.json"))
    var trace: String?

    @Option(help: ArgumentHelp("The worker program. (default: shmworker beside this program)", valueName: "path"))
    var worker: String?

    /// Refuses what makes no sense, saying what does.
    func check() throws {
        guard (1...10_000).contains(rounds) else { throw usage("--rounds \(rounds) makes no sense: 1 to 10000") }
        if let duration, duration.nanoseconds < 1_000_000 {
            throw usage(
                "--duration \(duration) is too short to measure anything: 1ms or more, as in `--duration 300ms`")
        }
        guard stuckAfter.nanoseconds >= 100_000_000 else {
            throw usage("--stuck-after \(stuckAfter) is too short: 100ms or more")
        }
        if let arrivals, Arrivals.Spacing.open(arrivals) == nil {
            throw usage("--arrivals \(arrivals) is neither poisson nor uniform")
        }
        if arrivals != nil && rate == nil && !findCapacity {
            throw usage("--arrivals spaces an open loop: it needs a --rate, as in `--rate 50k`")
        }
        if findCapacity && rate != nil { throw usage("--find-capacity looks for the rate: leave out --rate") }
        if findCapacity && scenario != nil {
            throw usage("--find-capacity takes its workload from the command line: leave out --scenario")
        }
        if scenario != nil, let option = workloadOption {
            throw usage("--scenario says what the workloads are: leave out \(option), or change the file")
        }
        if bound != nil && !findCapacity { throw usage("--bound is what --find-capacity keeps to: it needs that") }
        if let trace, !trace.hasSuffix(".json") { throw usage("--trace \(trace): the ending must be .json") }
        if let bound, bound.nanoseconds < 100 { throw usage("--bound \(bound) is too short: 100ns or more") }
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

    /// Refuses open loops whose windows would see next to nothing.
    func checkRates(_ cells: [Cell]) throws {
        let timing = timing(rounds: cells.count * rounds)
        for cell in cells where cell.spacing != .closed && !findCapacity {
            let window = min(timing.throughput, timing.latency)
            if cell.rate * Double(window) < 10e9 {
                throw usage(
                    "a rate of \(Figure.rate(cell.rate)) brings fewer than 10 acquisitions in a latency window of \(TimeSpan(nanoseconds: window)): use a longer --duration"
                )
            }
            if cell.rate * Double(timing.stuckAfter) < 10e9 {
                throw usage("a rate of \(Figure.rate(cell.rate)) needs a longer --stuck-after: ten gaps at least")
            }
        }
    }

    private func usage(_ message: String) -> Failure { Failure(message, code: .usage) }

    /// A cell of a histogram counts to 4 thousand million; a longer window would add nothing to a percentile.
    private static let longestTimedWindow = 30_000_000_000

    /// A round's timing, where there are so many of them.
    func timing(rounds: Int) -> Timing {
        let window = duration?.nanoseconds ?? Self.window(rounds: rounds)
        return Timing(
            warmup: warmup?.nanoseconds ?? min(50_000_000, window / 3), throughput: window,
            latency: min(max(window / 3, 1_000_000), Self.longestTimedWindow),
            order: min(max(window / 6, 1_000_000), Self.longestTimedWindow), stuckAfter: stuckAfter.nanoseconds)
    }

    /// As long as 45 s for all rounds allow, from 20 to 300 ms.
    static func window(rounds: Int) -> Int {
        // Starting and ending a fleet takes about 25 ms; warm-up and the two later windows take 5/6 of the window.
        let each = 45_000_000_000 / max(1, rounds) - 25_000_000
        return min(300_000_000, max(20_000_000, each * 6 / 11))
    }

    /// What is to be measured: the scenario's workloads, or the command line's one.
    func workloads() throws -> [Workload] {
        let kinds = try locks.map { try LockSelection.kinds($0.items) }
        let counts = try workers.map { try WorkerCounts.counts($0.items) }
        if let scenario {
            return try Scenario.workloads(
                ScenarioFile.text(scenario), path: scenario, locks: kinds, workers: counts,
                stuckAfter: stuckAfter.nanoseconds)
        }
        let workload = Workload(
            locks: try kinds ?? LockSelection.kinds(["all"]), workers: counts ?? Workload.usualWorkers,
            criticalSection: criticalSection.nanoseconds, think: think.nanoseconds, counters: counters,
            readPercent: readPercent, pinning: pin,
            spacing: rate == nil ? .closed : arrivals.flatMap(Arrivals.Spacing.open) ?? .poisson,
            rate: rate?.perSecond ?? 0)
        if let objection = workload.objection(stuckAfter: stuckAfter.nanoseconds) { throw usage(objection) }
        return [workload]
    }
}
