internal import ArgumentParser
internal import ShmCluster
internal import ShmCoordinator
internal import ShmRecord

/// `shmbench fleet resume`.
struct FleetResume: CheckedCommand {
    static let configuration = CommandConfiguration(
        commandName: "resume",
        abstract: "Go on with a fleet whose submitting process or machine has ended: wait, and report.",
        discussion: """
            The tasks went on meanwhile. What the folder's engine.toml says is where this command begins.

            \(ExitStatus.help())
            """)

    @Argument(help: "Folder of the fleet.")
    var folder: String

    @OptionGroup var document: DocumentOptions

    func check() {}

    mutating func run() throws {
        let folder = try FleetFolder(folder)
        let plan = try folder.plan()
        try folder.claim()
        guard let engine = try FleetWork.engine(folder, plan) else {
            throw Failure(
                "the fleet \(folder.path) has an engine of its own: run its tasks there, and then `shmbench fleet collect`",
                code: .usage)
        }
        Interruption.watch()
        let work = FleetWork(folder: folder, plan: plan, engine: engine)
        try FleetConclusion(folder, plan, work.follow()).conclude(document)
    }
}
