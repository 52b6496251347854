internal import ArgumentParser
internal import ShmCompare
internal import ShmCoordinator
internal import ShmCore
internal import ShmHarness
internal import ShmRecord
internal import ShmRender
internal import ShmStatistics

/// The options of `shmbench run`.
struct RunOptions: ParsableArguments {
    @OptionGroup var load: LoadOptions

    @Option(
        "--duration", .span(from: 1_000_000), valueName: "time",
        "Length of the throughput window. The latency window has a third of it. (default: 300ms, or less, so that all rounds end in about 45s)"
    )
    var duration: TimeSpan?

    @Option(
        "--rounds", .count(1...10_000), valueName: "n",
        "Number of rounds of each cell, each with new worker processes.")
    var rounds: Int = BestComparison.fewestPairs

    @Option(
        "--warmup", .span(), valueName: "time",
        "Length of the warm-up before the first window. (default: 50ms, or a third of the throughput window if that is less)"
    )
    var warmup: TimeSpan?

    @Option(
        "--kills", .count(0...1000), valueName: "n",
        "Number of owners killed after each round of a lock that promises to survive owner death. The time to the next acquisition is measured."
    )
    var kills = 0

    @Flag(help: "Find, for each cell, the highest rate of an open loop at which p99 is below --bound.")
    var findCapacity = false

    @Option(
        "--bound", .span(from: 100), valueName: "time",
        "Upper bound of p99 of the response time, for --find-capacity. (default: 100us)")
    var bound: TimeSpan?

    @Option(
        "--seed", .seed, valueName: "n",
        "Seed of the order of rounds. The same seed gives the same order. (default: random)")
    var seed: UInt64?

    static let stuckAfterHelp = "Time without progress after which a round is stuck and ended."

    @Option("--stuck-after", .span(from: 100_000_000), valueName: "time", RunOptions.stuckAfterHelp)
    var stuckAfter = TimeSpan(nanoseconds: 5_000_000_000)

    @OptionGroup var document: DocumentOptions

    @OptionGroup var plots: PlotOption

    @OptionGroup var history: HistoryOption

    @Option("--sort", .sortKey, valueName: "key", "Sort key of the tables: \(Notation<SortKey>.sortKey.expected).")
    var sort = SortKey.throughput

    @Option(
        help: ArgumentHelp(
            "Folder for the latency distribution of each cell, as .hgrm files in µs.", valueName: "folder"))
    var hgrm: String?

    @Option(
        "--trace", .file([".json"]), valueName: "file.json",
        "File for a trace of the last acquisitions in the first round of each cell, for ui.perfetto.dev.")
    var trace: String?

    @Option(
        help: ArgumentHelp("Path of the worker program. (default: shmworker beside this program)", valueName: "path"))
    var worker: String?

    /// Refuses options that exclude or need each other.
    func check() throws {
        try load.check(needsRate: !findCapacity)
        if findCapacity && load.rate != nil { throw Failure.conflict("--find-capacity", "--rate", "leave out --rate") }
        if findCapacity && kills > 0 { throw Failure.conflict("--find-capacity", "--kills", "leave out --kills") }
        if findCapacity && load.scenario != nil {
            throw Failure.conflict(
                "--find-capacity", "--scenario", "leave out --scenario, and give the workload with options")
        }
        if bound != nil && !findCapacity {
            throw Failure.missing("--find-capacity", for: "--bound", "add it, or leave out --bound")
        }
        try plots.check(document)
        try history.check(beside: document.output.map { ("--output", $0) } + [("--trace", trace)])
    }

    /// A bucket of a histogram counts to 2³². A longer window would not make a percentile more exact.
    private static let longestTimedWindow = 30_000_000_000

    /// The timing of each round.
    ///
    /// - Parameter rounds: the number of rounds of all cells.
    func timing(rounds: Int) -> Timing {
        let window = duration?.nanoseconds ?? Self.window(rounds: rounds)
        return Timing(
            warmup: warmup?.nanoseconds ?? min(50_000_000, window / 3), throughput: window,
            latency: min(max(window / 3, 1_000_000), Self.longestTimedWindow),
            order: min(max(window / 6, 1_000_000), Self.longestTimedWindow), stuckAfter: stuckAfter.nanoseconds)
    }

    /// The number of rounds of all cells; in a capacity search, the number that is expected.
    func scheduledRounds(_ cells: [Cell]) -> Int {
        // A search takes about a dozen rates.
        cells.count * rounds * (findCapacity ? 13 : 1)
    }

    /// The time in nanoseconds in which a fleet starts and ends.
    private static let startingTime = 25_000_000

    /// The length in nanoseconds with which all rounds end in about 45 s, from 20 to 300 ms.
    static func window(rounds: Int) -> Int {
        // Warm-up and the two later windows take 5/6 of the window.
        let each = 45_000_000_000 / max(1, rounds) - startingTime
        return min(300_000_000, max(20_000_000, each * 6 / 11))
    }

    /// Refuses a grid whose rounds take more than a day.
    func checkGrid(_ cells: [Cell]) throws {
        let rounds = scheduledRounds(cells)
        let timing = timing(rounds: rounds)
        let each = timing.warmup + timing.throughput + timing.latency + timing.order + Self.startingTime
        let hours = Double(rounds) * Double(each) / 3.6e12
        if hours <= 24 { return }
        throw Failure(
            "the grid has \(cells.count) cells, whose \(rounds) rounds take about \(Figure.decimal(hours, 0)) hours: expected at most 24; give fewer values, --locks, --workers or --rounds, or a shorter --duration",
            code: .usage)
    }

    /// Refuses `--kills` if no cell has an owner that may be killed.
    func checkKills(_ cells: [Cell]) throws {
        if kills == 0 || cells.contains(where: { $0.workers > 1 && $0.lock.properties.survivesOwnerDeath }) { return }
        throw Failure(
            "--kills \(kills) has no effect: it needs --workers of 2 or more, and --locks with one that survives owner death, as in `--locks survivors`",
            code: .usage)
    }

    /// The workloads to measure.
    func workloads() throws -> [Workload] {
        try load.workloads(
            usualLocks: ["all"], usualWorkers: Workload.usualWorkers, stuckAfter: stuckAfter.nanoseconds)
    }
}
