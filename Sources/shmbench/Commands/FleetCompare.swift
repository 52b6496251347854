internal import ArgumentParser
internal import ShmCluster
internal import ShmRecord

/// `shmbench fleet compare`.
struct FleetCompare: CheckedCommand {
    static let configuration = CommandConfiguration(
        commandName: "compare",
        abstract: "Compare two locks, plugins or builds on each node.",
        discussion: """
            The sides and the other options are those of `shmbench compare`. Builds and plugins are carried along. The \
            false-positive rate (--false-alarms) is that of the whole fleet: each node gets an equal share.

            \(ExitStatus.help())
            """)

    @OptionGroup var engine: EngineOptions
    @OptionGroup var fleet: FleetOptions
    @OptionGroup var document: DocumentOptions

    @Argument(
        parsing: .allUnrecognized,
        help: ArgumentHelp("The two sides and options of compare, as in `futex mcs --workers 2`.", valueName: "sides"))
    var sides: [String] = []

    func check() throws { try engine.check() }

    mutating func run() throws {
        try FleetLaunch(engine: engine, fleet: fleet).run(FleetCommandLine(comparing: sides), document)
    }
}
