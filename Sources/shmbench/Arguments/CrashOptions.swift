internal import ArgumentParser
internal import ShmCore
internal import ShmHarness
internal import ShmRecord
internal import ShmRender

/// The options of `shmbench crash`.
struct CrashOptions: ParsableArguments {
    @Option(
        "--locks", .locks, valueName: "a,b",
        "Locks to test: \(LockSelection.help), separated by commas. (default: survivors,none,futex, or the plugin with --lock-plugin)"
    )
    var locks: CommaList?

    @Option(
        "--workers", .count(1...64), valueName: "n",
        "Number of processes beside the target. All must acquire the lock after each kill.")
    var workers = 3

    @Option(
        "--paths", .list(of: "all or names of \(CrashOptions.pathNames)"), valueName: "a,b",
        "Paths of the target: all, or names of \(CrashOptions.pathNames), separated by commas.")
    var paths = CommaList([
        "uncontended", "waiter", "holder", "try", "timed", "timed-waiter", "expiring", "reader",
    ])

    @Option(
        "--every", .count(1...100_000), valueName: "n",
        "Interval of the instructions at which the target is killed. 1 is every instruction.")
    var every = 1

    @OptionGroup var document: DocumentOptions

    @Option(
        help: ArgumentHelp("Path of the worker program. (default: shmworker beside this program)", valueName: "path"))
    var worker: String?

    /// The locks in the order in which they were named.
    func kinds(hasPlugin: Bool) throws -> [LockKind] {
        try LockSelection.kinds(locks?.items ?? (hasPlugin ? ["plugin"] : ["survivors", "none", "futex"]))
    }

    /// The paths in the order in which they were named.
    func selectedPaths() throws -> [CrashPath] {
        try paths.items.flatMap { name -> [CrashPath] in
            if name == "all" { return CrashPath.allCases }
            if let path = CrashPath(named: name) { return [path] }
            let known = ["all"] + CrashPath.allCases.map(\.name)
            throw Failure.unknown(name, for: "--paths", expected: "all or names of \(Self.pathNames)", among: known)
        }.uniqued()
    }

    private static let pathNames = CrashPath.allCases.map(\.name).joined(separator: ", ")
}
