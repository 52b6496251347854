internal import ArgumentParser
internal import ShmCompare
internal import ShmCoordinator
internal import ShmCore
internal import ShmHarness
internal import ShmRecord
internal import ShmRender

/// What `shmbench run` can be told.
struct RunOptions: ParsableArguments {
    @OptionGroup var load: LoadOptions

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
            "Kill so many owners after each round, of locks that promise to survive it, and time the next acquisition.",
            valueName: "n"))
    var kills = 0

    @Flag(help: "Find the highest rate of an open loop at which p99 stays below --bound, for each lock.")
    var findCapacity = false

    @Option(
        parsing: .unconditional,
        help: ArgumentHelp("The bound for --find-capacity. (default: 100us)", valueName: "time"),
        transform: TimeSpan.parse)
    var bound: TimeSpan?

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

    @OptionGroup var history: HistoryOption

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
        guard (0...1000).contains(kills) else { throw usage("--kills \(kills) makes no sense: 0 to 1000") }
        guard stuckAfter.nanoseconds >= 100_000_000 else {
            throw usage("--stuck-after \(stuckAfter) is too short: 100ms or more")
        }
        try load.check(needsRate: !findCapacity)
        if findCapacity && load.rate != nil { throw usage("--find-capacity looks for the rate: leave out --rate") }
        if findCapacity && load.scenario != nil {
            throw usage("--find-capacity takes its workload from the command line: leave out --scenario")
        }
        if bound != nil && !findCapacity { throw usage("--bound is what --find-capacity keeps to: it needs that") }
        try history.check(beside: [output, trace].compactMap(\.self))
        if let trace, !trace.hasSuffix(".json") { throw usage("--trace \(trace): the ending must be .json") }
        if let bound, bound.nanoseconds < 100 { throw usage("--bound \(bound) is too short: 100ns or more") }
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

    /// Refuses kills where no owner would be killed.
    func checkKills(_ cells: [Cell]) throws {
        if kills == 0 || cells.contains(where: { $0.workers > 1 && $0.lock.properties.survivesOwnerDeath }) { return }
        throw usage(
            "--kills \(kills) would kill nobody: it takes 2 --workers or more, and a lock that promises to survive (`--locks survivors`)"
        )
    }

    /// What is to be measured.
    func workloads() throws -> [Workload] {
        try load.workloads(
            usualLocks: ["all"], usualWorkers: Workload.usualWorkers, stuckAfter: stuckAfter.nanoseconds)
    }
}
