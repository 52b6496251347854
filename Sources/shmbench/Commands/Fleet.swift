internal import ArgumentParser
internal import ShmRecord

/// `shmbench fleet`: one command on many machines.
struct Fleet: ParsableCommand {
    static let configuration = CommandConfiguration(
        abstract: "Run a command on many machines, by Slurm, ssh or another engine, and report on all of them.",
        discussion: """
            An engine starts the command on each node; the nodes need nothing installed. A folder holds the plan, the \
            programs and the results of each node. What is missing, failed or half-finished is named.

            \(ExitStatus.help())

            \(Examples.text("fleet"))
            """,
        subcommands: [FleetRun.self, FleetResume.self, FleetCollect.self, FleetPlanning.self, FleetCompare.self])
}
