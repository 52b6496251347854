internal import ArgumentParser
internal import ShmCoordinator
internal import ShmCore
internal import ShmRecord
internal import ShmRender

/// The options of `shmbench stress`.
struct StressOptions: ParsableArguments {
    @Option(
        "--locks", .locks, valueName: "a,b",
        "Locks to test: \(LockSelection.help), separated by commas. (default: all, or the plugin with --lock-plugin)")
    var locks: CommaList?

    @Option(
        "--faults", .list(of: "all or names of \(StressOptions.faultNames)"), valueName: "a,b",
        "Faults to inject: all, or names from the list above, separated by commas.")
    var faults = CommaList(["all"])

    @Option("--workers", .count(2...64), valueName: "n", "Number of processes that contend, 2 to 64.")
    var workers = 4

    @Option(
        "--duration", .span(from: 1_000_000), valueName: "time",
        "Total time, divided among locks and faults. Each fault is injected at least once. (default: 60s)")
    var duration: TimeSpan?

    static let usualDuration = TimeSpan(nanoseconds: 60_000_000_000)

    @Option(
        "--episodes", .count(1...100_000_000), valueName: "n",
        "Number of times that each fault is injected for each lock, in place of --duration. (default: as many as fit)")
    var episodes: Int?

    @Option(
        "--seed", .seed, valueName: "n",
        "Seed of the choice of targets, places and delays. The same seed makes the same choice. (default: random)")
    var seed: UInt64?

    @OptionGroup var document: DocumentOptions

    @Option(
        help: ArgumentHelp(
            "Folder for the last events of all workers after each failure, as text and as a trace for ui.perfetto.dev. A folder that "
                + "is named also gets expected failures. (default: results/stress-TIME, for broken promises only)",
            valueName: "folder"))
    var reports: String?

    @Option(
        help: ArgumentHelp("Path of the worker program. (default: shmworker beside this program)", valueName: "path"))
    var worker: String?

    /// Refuses options that exclude each other.
    func check() throws {
        if episodes != nil && duration != nil { throw Failure.conflict("--episodes", "--duration", "leave one out") }
    }

    /// The locks in the order in which they were named.
    func kinds(hasPlugin: Bool) throws -> [LockKind] {
        try LockSelection.kinds(locks?.items ?? (hasPlugin ? ["plugin"] : ["all"]))
    }

    /// The faults in the order in which they were named.
    func selectedFaults() throws -> [Fault] {
        try faults.items.flatMap { name -> [Fault] in
            if name == "all" { return Fault.allCases }
            if let fault = Fault(named: name) { return [fault] }
            let known = ["all"] + Fault.allCases.map(\.name)
            throw Failure.unknown(name, for: "--faults", expected: "all or names of \(Self.faultNames)", among: known)
        }.uniqued()
    }

    private static let faultNames = Fault.allCases.map(\.name).joined(separator: ", ")
}
