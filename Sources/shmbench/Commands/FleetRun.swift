internal import ArgumentParser
internal import Glibc
internal import ShmCluster
internal import ShmCoordinator
internal import ShmRecord

/// `shmbench fleet run`.
struct FleetRun: CheckedCommand {
    static let configuration = CommandConfiguration(
        commandName: "run",
        abstract: "Run a command on each node, wait, and report on all of them.",
        discussion: """
            The command is `run` with the options that are given here, or `crash`, `stress` or `lifecycle` with theirs. With \
            Slurm, it is one job array: each task has its node alone. Programs and files are carried along.

            Ctrl-C cancels the tasks and keeps what came. After this process was killed, the tasks go on: see `shmbench \
            fleet resume` and `shmbench fleet collect`.

            \(ExitStatus.help([.ok, .failed, .integrity, .usage]))
            """)

    @OptionGroup var engine: EngineOptions
    @OptionGroup var fleet: FleetOptions

    @Flag(help: "Show the script that sbatch would get, and submit nothing.")
    var dryRun = false

    @OptionGroup var document: DocumentOptions

    @Argument(
        parsing: .allUnrecognized,
        help: ArgumentHelp(
            "The command and its options, as in `run --scenario s.toml`. (default: run)", valueName: "command"))
    var command: [String] = []

    func check() throws {
        try engine.check()
        if dryRun && engine.chosen != .slurm {
            throw Failure.conflict("--dry-run", "--engine ssh", "use `shmbench fleet plan`, which writes the folder")
        }
    }

    mutating func run() throws {
        try FleetLaunch(engine: engine, fleet: fleet).run(FleetCommandLine(command), document, isDryRun: dryRun)
    }
}
