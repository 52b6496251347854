internal import Glibc
internal import ShmCluster
internal import ShmCoordinator
internal import ShmRecord

/// Plans, submits and follows a fleet: what `fleet run` and `fleet compare` have in common.
struct FleetLaunch {
    let engine: EngineOptions
    let fleet: FleetOptions

    /// The nodes, and those of them on which nothing will start, with the reason.
    private func nodes() throws -> (names: [String], obstacles: [String: String]) {
        if let hosts = engine.hosts { return (hosts.items, [:]) }
        let nodes = try SlurmNodes(engine.slurm)
        return (nodes.names, nodes.obstacles)
    }

    /// Does all of it.
    ///
    /// - Parameter line: what is wrong with the command is said before any engine is asked.
    func run(_ line: FleetCommandLine, _ document: DocumentOptions, isDryRun: Bool = false) throws {
        let startedAt = time(nil)
        Interruption.watch()
        let nodes = try nodes()
        let tasks = FleetPlan.tasks(nodes: nodes.names, times: engine.repeat)
        let plan = FleetPlan(
            line.kind, line.command(tasks: tasks.count), engine: engine.chosen, tasks: tasks,
            expectedRows: line.expectedRows,
            timeLimit: FleetWork.limit(fleet, expected: line.expectedSeconds), at: startedAt)
        let folder = try fleet.newFolder(at: startedAt)
        if isDryRun {
            let indices = SlurmEngine.startable(plan, nodes.obstacles)
            for task in tasks {
                if let node = task.node, let obstacle = nodes.obstacles[node] {
                    Terminal.warn("\(task.name) is missing: \(obstacle)")
                }
            }
            return try Terminal.show(SlurmScript(plan, folder: folder.path, engine.slurm, indices: indices).text)
        }
        try folder.create()
        try folder.claim()
        try line.payload.install(in: folder)
        try folder.write(plan)
        let work = FleetWork(folder: folder, plan: plan, engine: try engine(folder, plan, nodes.obstacles))
        Terminal.write("fleet of \(counted(tasks.count, "task")) in \(folder.path)\n")
        let progress = ProgressLine.working("starting \(counted(tasks.count, "task"))")
        defer { progress.clear() }
        do {
            if Interruption.hasCome { throw Failure("interrupted before anything was submitted", cause: .interrupted) }
            try work.engine.submit()
        } catch {
            // A folder of which nothing runs would only keep the next attempt from its name.
            if (try? folder.record()) == .some(nil) { folder.discard() }
            throw error
        }
        try FleetConclusion(folder, plan, work.follow()).conclude(document)
    }

    private func engine(
        _ folder: FleetFolder, _ plan: FleetPlan, _ obstacles: [String: String]
    ) throws -> any FleetEngine {
        plan.engine == .ssh
            ? try SSHEngine(folder, plan, atOnce: engine.atOnce)
            : try SlurmEngine(folder, plan, engine.slurm, obstacles: obstacles)
    }
}
