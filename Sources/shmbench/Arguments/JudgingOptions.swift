internal import ArgumentParser
internal import ShmCompare
internal import ShmCoordinator
internal import ShmRecord
internal import ShmRender

/// How two things are measured and judged, and where the findings go: what `compare` and `check` can be told.
struct JudgingOptions: ParsableArguments {
    @OptionGroup var load: LoadOptions

    @Option(
        help: ArgumentHelp(
            "What is judged, beside integrity, which always is: \(Metric.names). (default: all that are measured)",
            valueName: "a,b"))
    var metrics: CommaList?

    @Option(
        parsing: .unconditional,
        help: ArgumentHelp(
            "Smaller changes are none. (default: \(Metric.usualThresholds), or a scenario's; three times that for what is not measured in turn)",
            valueName: "metric=percent,…"))
    var threshold: CommaList?

    @Option(
        parsing: .unconditional,
        help: ArgumentHelp(
            "How often a comparison of equals may end in a regression or an improvement, whatever the number of cells and metrics.",
            valueName: "percent"))
    var falseAlarms = "1%"

    @Option(
        parsing: .unconditional,
        help: ArgumentHelp("Length of a round's throughput window.", valueName: "time"), transform: TimeSpan.parse)
    var duration = TimeSpan(nanoseconds: 20_000_000)

    @Option(
        parsing: .unconditional,
        help: ArgumentHelp(
            "Owners killed after each round, of locks that promise to survive it; 0 for none.", valueName: "n"))
    var kills = 2

    @Option(
        parsing: .unconditional,
        help: ArgumentHelp("A round without progress for so long is stuck. (default: 5s)", valueName: "time"),
        transform: TimeSpan.parse)
    var stuckAfter = TimeSpan(nanoseconds: 5_000_000_000)

    @Option(
        parsing: .unconditional,
        help: ArgumentHelp("What the order of rounds follows from. (default: random)", valueName: "n"))
    var seed: UInt64?

    @Option(help: "What to print on stdout.")
    var format = OutputFormat.table

    @Option(
        help: ArgumentHelp(
            "A file for the findings, by its ending: .md, .xml (JUnit), .json or .csv. May be given several times.",
            valueName: "file"))
    var output: [String] = []

    @OptionGroup var history: HistoryOption

    @Flag(help: "End with exit code 4 where nothing became slower and something could not be decided.")
    var failInconclusive = false

    /// Refuses what makes no sense, saying what does.
    func check() throws {
        try load.check(needsRate: true)
        guard let rate = Percent.share(falseAlarms), rate > 0, rate <= 0.2 else {
            throw usage("--false-alarms \(falseAlarms) makes no sense: more than 0% and at most 20%, as in 1%")
        }
        guard duration.nanoseconds >= 1_000_000 else {
            throw usage("--duration \(duration) is too short to measure anything: 1ms or more")
        }
        guard (0...1000).contains(kills) else { throw usage("--kills \(kills) makes no sense: 0 to 1000") }
        guard stuckAfter.nanoseconds >= 100_000_000 else {
            throw usage("--stuck-after \(stuckAfter) is too short: 100ms or more")
        }
        try history.check(beside: output)
        for file in output { _ = try OutputFormat(findings: file) }
    }

    private func usage(_ message: String) -> Failure { Failure(message, code: .usage) }

    var timing: Timing {
        let window = duration.nanoseconds
        return Timing(
            warmup: min(50_000_000, window / 3), throughput: window, latency: max(1_000_000, window / 3),
            order: max(1_000_000, window / 6), stuckAfter: stuckAfter.nanoseconds)
    }

    /// The settings that follow from the options and a scenario's file.
    func settings(seed: UInt64) throws -> Comparison.Settings {
        var settings = Comparison.Settings(seed: seed, kills: kills)
        settings.falseAlarms = Percent.share(falseAlarms) ?? settings.falseAlarms
        if let metrics { settings.metrics = try Metric.list(metrics.items) }
        if let scenario = load.scenario {
            settings.thresholds = try Scenario.thresholds(ScenarioFile.text(scenario), path: scenario)
        }
        if let threshold { settings.thresholds.merge(try Threshold.parse(threshold.items)) { _, new in new } }
        return settings
    }
}
