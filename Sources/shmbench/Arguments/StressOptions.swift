internal import ArgumentParser
internal import ShmCoordinator
internal import ShmCore
internal import ShmRecord
internal import ShmRender

/// What `shmbench stress` can be told.
struct StressOptions: ParsableArguments {
    @Option(
        help: ArgumentHelp(
            "Locks to test: \(LockSelection.help), separated by commas. (default: all; that of a --lock-plugin alone, where there is "
                + "one)", valueName: "a,b"))
    var locks: CommaList?

    @Option(
        help: ArgumentHelp(
            "What to do to them: all, or names from the list above, separated by commas.", valueName: "a,b"))
    var faults = CommaList(["all"])

    @Option(parsing: .unconditional, help: ArgumentHelp("Processes that contend, 2 to 64.", valueName: "n"))
    var workers = 4

    @Option(
        parsing: .unconditional,
        help: ArgumentHelp(
            "How long in all, divided among locks and faults; each is done at least once. (default: 60s)",
            valueName: "time"),
        transform: TimeSpan.parse)
    var duration: TimeSpan?

    @Option(
        parsing: .unconditional,
        help: ArgumentHelp(
            "Each fault so many times for each lock, however long that takes, instead of a --duration.", valueName: "n")
    )
    var episodes: Int?

    @Option(
        parsing: .unconditional,
        help: ArgumentHelp(
            "Targets, places and delays; the same seed chooses the same. (default: random)", valueName: "n"))
    var seed: UInt64?

    @Option(help: "What to print on stdout.")
    var format = OutputFormat.table

    @Option(
        help: ArgumentHelp(
            "A folder for the last events of all workers after each failure, as text and as a trace for ui.perfetto.dev. (default: "
                + "results/stress-TIME for broken promises; a folder that is named gets expected failures, too)",
            valueName: "folder"))
    var reports: String?

    @Option(help: ArgumentHelp("The worker program. (default: shmworker beside this program)", valueName: "path"))
    var worker: String?

    /// Refuses what makes no sense, saying what does.
    func check() throws {
        guard (2...64).contains(workers) else {
            throw Failure("--workers \(workers) makes no sense: 2 to 64", code: .usage)
        }
        if let episodes, !(1...100_000_000).contains(episodes) {
            throw Failure("--episodes \(episodes) makes no sense: 1 to 100000000", code: .usage)
        }
        if episodes != nil && duration != nil {
            throw Failure("--episodes and --duration both say when to end: leave one out", code: .usage)
        }
        if let duration, duration.nanoseconds < 1_000_000 {
            throw Failure("--duration \(duration) is too short: 1ms or more, as in `--duration 60s`", code: .usage)
        }
    }

    /// The locks in the order in which they were named.
    func kinds(hasPlugin: Bool) throws -> [LockKind] {
        try LockSelection.kinds(locks?.items ?? (hasPlugin ? ["plugin"] : ["all"]))
    }

    /// The faults in the order in which they were named.
    func selectedFaults() throws -> [Fault] {
        let known = Fault.allCases.map(\.name)
        let selected = try faults.items.flatMap { name -> [Fault] in
            if name == "all" { return Fault.allCases }
            if let fault = Fault(named: name) { return [fault] }
            let hint = LockSelection.nearest(to: name, among: known).map { "; did you mean `\($0)`?" } ?? ""
            throw Failure(
                "there is no fault named \(name.debugDescription)\(hint); there are \(known.joined(separator: ", "))",
                code: .usage)
        }
        if selected.isEmpty {
            throw Failure("--faults names no fault; there are \(known.joined(separator: ", "))", code: .usage)
        }
        return selected.uniqued()
    }
}
