internal import ArgumentParser
internal import ShmCluster
internal import ShmRecord

/// `shmbench fleet collect`.
struct FleetCollect: CheckedCommand {
    static let configuration = CommandConfiguration(
        commandName: "collect",
        abstract: "Take what the nodes have by now, put it into one file, and report.",
        discussion: """
            Waits for nothing: tasks that still run are named. Tasks of another engine are taken as they are in the folder.

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
        var end: FleetSession.End?
        do {
            if let engine = try FleetWork.engine(folder, plan) {
                var session = FleetSession(folder, plan, engine) { Terminal.warn($0) }
                end = try session.glance()
            }
        } catch let failure as Failure {
            // What is here already is shown in any case.
            Terminal.warn("\(failure.message); what follows is what the folder has")
        }
        try FleetConclusion(folder, plan, end).conclude(document)
    }
}
