internal import ArgumentParser
internal import ShmCompare
internal import ShmCoordinator
internal import ShmRecord
internal import ShmRender

/// How two sides are measured and judged, and where the findings are written: the options of `compare` and `check`.
struct JudgingOptions: ParsableArguments {
    @OptionGroup var load: LoadOptions

    @Option(
        "--metrics", .list(of: Metric.names), valueName: "a,b",
        "Metrics to judge: \(Metric.names), separated by commas. Integrity is always judged. Windows of a round that none of them needs are left out. (default: all that are measured)"
    )
    var metrics: CommaList?

    @Option(
        "--threshold", .list(of: Threshold.form), valueName: "metric=percent,…",
        "Minimum relative change to report, per metric. (default: the scenario's, or \(Metric.usualThresholds); three times that for rounds that are not interleaved)"
    )
    var threshold: CommaList?

    @Option(
        "--false-alarms", .percent(upTo: 0.2), valueName: "percent",
        "Family-wise false-positive rate, over all cells, metrics and interim looks.")
    var falseAlarms = 0.01

    typealias Conditions = (duration: TimeSpan, kills: Int, stuckAfter: TimeSpan)

    /// The time to recover is a median: more kills make it steadier, and each takes about 7 ms.
    private static let usual: Conditions = (
        duration: TimeSpan(nanoseconds: 20_000_000), kills: 4, stuckAfter: TimeSpan(nanoseconds: 5_000_000_000)
    )

    @Option(
        "--duration", usual: JudgingOptions.usual.duration, .span(from: 1_000_000), valueName: "time",
        "Length of the throughput window of each round.")
    var duration: TimeSpan?

    @Option(
        "--kills", usual: JudgingOptions.usual.kills, .count(0...1000), valueName: "n",
        "Number of owners killed after each round of a lock that promises to survive owner death. With --metrics, only recovery and integrity need kills; without these, 0."
    )
    var kills: Int?

    @Option(
        "--stuck-after", usual: JudgingOptions.usual.stuckAfter, .span(from: 100_000_000), valueName: "time",
        RunOptions.stuckAfterHelp)
    var stuckAfter: TimeSpan?

    @Option(
        "--seed", .seed, valueName: "n",
        "Seed of the order of rounds. The same seed gives the same order. (default: random)")
    var seed: UInt64?

    @OptionGroup var document: DocumentOptions

    @OptionGroup var history: HistoryOption

    @Flag(help: "Exit with code 4 if there is no regression and at least one metric is undecided.")
    var failInconclusive = false

    /// Refuses wrong items of lists, and options that exclude each other.
    func check() throws {
        try load.check(needsRate: true)
        if let locks = load.locks { _ = try LockSelection.kinds(locks.items) }
        if let metrics { _ = try Metric.list(metrics.items) }
        if let threshold { _ = try Threshold.parse(threshold.items) }
        try history.check(beside: document.output.map { ("--output", $0) })
    }

    /// The conditions of each round, with the defaults for those that are not given.
    var conditions: Conditions {
        (
            duration ?? Self.usual.duration, kills ?? (needsKills ? Self.usual.kills : 0),
            stuckAfter ?? Self.usual.stuckAfter
        )
    }

    /// Whether a metric that was asked for needs kills. Integrity is judged without them, too, if it was not asked for.
    private var needsKills: Bool {
        guard let metrics else { return true }
        return metrics.items.compactMap(Metric.named).contains { $0 == .recovery || $0 == .integrity }
    }

    /// Whether `--metrics` names the instructions, which are counted and not measured in rounds.
    var countsInstructions: Bool { metrics?.items.compactMap(Metric.named).contains(.instructions) ?? false }

    /// The first option that only a measurement uses, and that was given.
    var firstOfMeasuring: String? {
        let given = [
            (duration != nil, "--duration"), (kills != nil, "--kills"), (stuckAfter != nil, "--stuck-after"),
            (seed != nil, "--seed"), (history.history != nil, "--history"),
        ]
        return load.firstOption ?? given.first(where: \.0)?.1
    }

    var timing: Timing {
        let window = conditions.duration.nanoseconds
        return Timing(
            warmup: min(50_000_000, window / 3), throughput: window, latency: max(1_000_000, window / 3),
            order: max(1_000_000, window / 6), stuckAfter: conditions.stuckAfter.nanoseconds)
    }

    /// The settings that follow from the options and a scenario's file.
    func settings(seed: UInt64) throws -> Comparison.Settings {
        var settings = Comparison.Settings(seed: seed, kills: conditions.kills)
        settings.falseAlarms = falseAlarms
        if let metrics { settings.metrics = try Metric.list(metrics.items) }
        if let scenario = load.scenario {
            settings.thresholds = try Scenario.thresholds(ScenarioFile.text(scenario), path: scenario)
        }
        if let threshold { settings.thresholds.merge(try Threshold.parse(threshold.items)) { _, new in new } }
        return settings
    }

    /// What a comparison with measured rounds is asked for.
    func request(_ settings: Comparison.Settings) -> ComparisonRequest {
        var request = ComparisonRequest(metrics: settings.metrics, falseAlarms: settings.falseAlarms)
        (request.window, request.kills, request.seed) = (conditions.duration, settings.kills, settings.seed)
        request.adaptsMargins = settings.adaptsMargins
        return request
    }
}
