internal import ArgumentParser
internal import Glibc
internal import ShmCluster
internal import ShmCoordinator
internal import ShmRecord

/// `shmbench fleet plan`.
struct FleetPlanning: CheckedCommand {
    static let configuration = CommandConfiguration(
        commandName: "plan",
        abstract: "Write a folder that any other engine can run: one command, with its programs and files.",
        discussion: """
            `./task NAME` in the folder runs a task on the machine on which it is started; its results are in results/NAME. \
            When all have run, and their results are in the folder, `shmbench fleet collect` reports on them.

            \(ExitStatus.help([.ok, .failed, .usage]))
            """)

    @OptionGroup var fleet: FleetOptions

    @Option(
        "--tasks", .count(1...100_000), valueName: "n",
        "Number of tasks, t1, t2 and so on. (default: one for each of --nodes)")
    var tasks: Int?

    @Option(
        "--nodes", .list(of: "names of nodes"), valueName: "a,b",
        "Nodes, separated by commas; a task has the name of its node. (default: none)")
    var nodes: CommaList?

    @Option("--repeat", .count(1...1000), valueName: "n", "Number of tasks on each of --nodes.")
    var `repeat` = 1

    @Argument(
        parsing: .allUnrecognized,
        help: ArgumentHelp(
            "The command and its options, as in `run --scenario s.toml`. (default: run)", valueName: "command"))
    var command: [String] = []

    func check() throws {
        if tasks == nil && nodes == nil {
            throw Failure("name the tasks: give --tasks, as in `--tasks 3`, or --nodes", code: .usage)
        }
        if tasks != nil && nodes != nil { throw Failure.conflict("--tasks", "--nodes", "leave one out") }
        if let odd = nodes?.items.first(where: { !NodeName.isSafe($0) }) {
            throw Failure.invalid(odd, for: "--nodes", expected: NodeName.expected)
        }
    }

    mutating func run() throws {
        let now = time(nil)
        let line = try FleetCommandLine(command)
        let all = nodes.map { FleetPlan.tasks(nodes: $0.items, times: `repeat`) } ?? FleetPlan.tasks(count: tasks ?? 1)
        let plan = FleetPlan(
            line.kind, line.command(tasks: all.count), engine: .none, tasks: all, expectedRows: line.expectedRows,
            timeLimit: FleetWork.limit(fleet, expected: line.expectedSeconds), at: now)
        let folder = try fleet.newFolder(at: now)
        try folder.create()
        try line.payload.install(in: folder)
        try folder.write(plan)
        let last = all.count > 1 ? " … ./task \(all[all.count - 1].name)" : ""
        try Terminal.show(
            """
            \(counted(all.count, "task")) in \(folder.path)
            run:     ./task \(all[0].name)\(last)
            report:  shmbench fleet collect \(folder.path.shellWord)

            """)
    }
}
