internal import ArgumentParser
internal import ShmHarness
internal import ShmRecord

/// The program's root command.
struct Shmbench: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "shmbench",
        abstract: "Compare locks between processes: throughput, fairness, tail latency and integrity.",
        discussion: """
            `run` starts processes that contend for a lock in shared memory, and reports throughput, latency, fairness and \
            integrity of each lock. `crash` kills a process at every machine instruction of lock, critical section and \
            unlock. `stress` kills, freezes and disturbs processes under load. Both check that the others go on. `compare` \
            and `check` report whether a lock or a build became slower or unsafe.

            \(ExitStatus.help())

            Topics: \(Topic.allCases.map { "`shmbench help \($0.rawValue)`" }.joined(separator: ", ")).
            """,
        version: "shmbench \(ToolVersion.current)",
        subcommands: [
            Run.self, ShowReport.self, Compare.self, Check.self, Rounds.self, Crash.self, Stress.self, Lifecycle.self,
            Fleet.self, ShowHistory.self,
            List.self, Doctor.self, Segments.self, ShowSchema.self,
        ])

    /// The commands that `--help` shows, by name.
    static let commandNames = configuration.subcommands.filter { $0.configuration.shouldDisplay }
        .map { $0._commandName }
}
