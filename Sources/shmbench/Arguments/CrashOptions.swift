internal import ArgumentParser
internal import ShmCore
internal import ShmHarness
internal import ShmRecord
internal import ShmRender

/// What `shmbench crash` can be told.
struct CrashOptions: ParsableArguments {
    /// More processes than these wait for one lock by mistake.
    static let mostWorkers = 64

    @Option(
        help: ArgumentHelp(
            "Locks to test: \(LockSelection.help), separated by commas. (default: survivors,none,futex; that of a "
                + "--lock-plugin alone, where there is one)", valueName: "a,b"))
    var locks: CommaList?

    @Option(
        parsing: .unconditional,
        help: ArgumentHelp("Processes beside the target, all of which must go on after each kill.", valueName: "n"))
    var workers = 3

    @Option(
        help: ArgumentHelp(
            "Paths that targets take: \(CrashPath.allCases.map(\.name).joined(separator: ", ")), or all, separated by commas.",
            valueName: "a,b"))
    var paths = CommaList([
        "uncontended", "waiter", "holder", "try", "timed", "timed-waiter", "expiring", "reader",
    ])

    @Option(
        parsing: .unconditional,
        help: ArgumentHelp("Kill at every n-th instruction only, for a quick look; 1 is every one.", valueName: "n"))
    var every = 1

    @Option(help: "What to print on stdout.")
    var format = OutputFormat.table

    @Option(help: ArgumentHelp("The worker program. (default: shmworker beside this program)", valueName: "path"))
    var worker: String?

    /// Refuses what makes no sense, saying what does.
    func check() throws {
        guard (1...Self.mostWorkers).contains(workers) else {
            throw Failure("--workers \(workers) makes no sense: 1 to \(Self.mostWorkers)", code: .usage)
        }
        guard (1...100_000).contains(every) else {
            throw Failure("--every \(every) makes no sense: 1 to 100000, where 1 is every instruction", code: .usage)
        }
    }

    /// The locks in the order in which they were named.
    func kinds(hasPlugin: Bool) throws -> [LockKind] {
        try LockSelection.kinds(locks?.items ?? (hasPlugin ? ["plugin"] : ["survivors", "none", "futex"]))
    }

    /// The paths in the order in which they were named.
    func selectedPaths() throws -> [CrashPath] {
        let known = CrashPath.allCases.map(\.name)
        let list = known.joined(separator: ", ")
        let selected = try paths.items.flatMap { name -> [CrashPath] in
            if name == "all" { return CrashPath.allCases }
            if let path = CrashPath(named: name) { return [path] }
            let hint = LockSelection.nearest(to: name, among: known).map { "; did you mean `\($0)`?" } ?? ""
            throw Failure("there is no path named \(name.debugDescription)\(hint); there are \(list)", code: .usage)
        }
        if selected.isEmpty { throw Failure("--paths names no path; there are \(list)", code: .usage) }
        return selected.uniqued()
    }
}
