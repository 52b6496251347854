internal import Glibc
internal import ShmCoordinator
@_spi(Bench) internal import ShmCore
internal import ShmRecord

/// Runs a fleet as one job array of a Slurm cluster.
package final class SlurmEngine: FleetEngine {
    let folder: FleetFolder
    let plan: FleetPlan
    let options: SlurmOptions
    /// The nodes on which no job will start, with the reason, when the fleet was planned.
    let obstacles: [String: String]
    let tools: SlurmTools
    var record: EngineRecord
    /// Since when a task runs, or is gone, without a status that can be seen here.
    var silentSince: [Int: Deadline] = [:]
    package private(set) var isSettling = false
    /// Why the programs of a task could not be sent to its node.
    var unsent: [Int: String] = [:]

    /// The time that a shared file system may need to show what a node wrote.
    static let visibility = Duration.seconds(4)
    private static let patience = Duration.seconds(15)

    /// - Parameters:
    ///   - obstacles: by node; tasks there are missing.
    ///   - record: what was remembered, to go on with a submitted fleet.
    package init(
        _ folder: FleetFolder, _ plan: FleetPlan, _ options: SlurmOptions, obstacles: [String: String] = [:],
        record: EngineRecord = EngineRecord()
    ) throws {
        (self.folder, self.plan, self.options, self.obstacles, self.record) = (folder, plan, options, obstacles, record)
        tools = try SlurmTools()
    }

    /// The tasks that no known obstacle keeps from starting.
    package static func startable(_ plan: FleetPlan, _ obstacles: [String: String]) -> [Int] {
        plan.tasks.indices.filter { plan.tasks[$0].node.map { obstacles[$0] == nil } ?? true }
    }

    func keep() throws { try folder.write(record) }

    // MARK: Watching

    package func poll() throws -> [TaskReport] {
        let jobs = try jobs()
        isSettling = false
        let byIndex = Dictionary(jobs.map { ($0.index, $0) }) { first, _ in first }
        var reports = plan.tasks.indices.map { report($0, byIndex[$0]) }
        try sendPrograms(jobs)
        try giveUpNodes(jobs, &reports)
        let known = record
        for report in reports where report.state.isOver && report.state != .ended {
            record.note(report.state, of: report.task)
        }
        if record != known { try keep() }
        return reports
    }

    /// The tasks that Slurm still knows.
    func jobs() throws -> [SlurmJob] {
        guard let job = record.job else { return [] }
        do {
            return try SlurmJob.all(tools.squeue.call(SlurmJob.arguments(job), to: "see how the jobs go on"))
        } catch let failure as Failure where failure.message.contains("Invalid job id") {
            // Slurm forgets jobs some minutes after their end.
            return []
        }
    }

    private func report(_ index: Int, _ job: SlurmJob?) -> TaskReport {
        let task = plan.tasks[index]
        let own = TaskFolder(folder, plan, task)
        if let noted = record.note(of: task) { return own.report(task, noted) }
        let status = own.status
        let state = job?.taskState ?? .ended
        switch state {
        case .waiting: return own.report(task, state)
        // A task that was cancelled has ended by that.
        case .cancelled where status?.exit != 0: return own.report(task, state)
        case _ where status?.hasEnded == true: return own.report(task, .ended)
        case .running: return own.report(task, .running)
        case .cancelled, .lost, .missing: return own.report(task, state)
        case .ended: break
        }
        // It has ended, and says so only on its node, or not yet, or not at all.
        if isApart(task) { return own.report(task, isFetched(task) ? vanished(index, status, job) : .ended) }
        let since = silentSince[index] ?? .after(Self.visibility)
        silentSince[index] = since
        if since.hasPassed { return own.report(task, vanished(index, status, job)) }
        isSettling = true
        return own.report(task, .running)
    }

    /// The state of a task that has no last status.
    private func vanished(_ index: Int, _ status: TaskStatus?, _ job: SlurmJob?) -> TaskState {
        if status == nil, let reason = unsent[index] { return .missing(reason) }
        let words = job.map { "its job is \($0.state.lowercased()) in Slurm" } ?? "Slurm no longer knows its job"
        return status == nil
            ? .missing("\(words), and it wrote no status") : .lost("\(words), and it wrote no last status")
    }

    /// Cancels what waits for nodes that are down, once nothing else is left to wait for.
    private func giveUpNodes(_ jobs: [SlurmJob], _ reports: inout [TaskReport]) throws {
        let stuck = jobs.filter { $0.waitsForNode && reports.indices.contains($0.index) }
        let others = Set(stuck.map(\.index))
        guard !stuck.isEmpty,
            reports.indices.allSatisfy({ reports[$0].state.isOver || others.contains($0) })
        else { return }
        let nodes = try SlurmNode.all(tools.sinfo.call(SlurmNode.arguments, to: "see the nodes of the cluster"))
        let obstacles = Dictionary(nodes.map { ($0.name, $0.obstacle) }) { first, _ in first }
        for job in stuck {
            guard let node = plan.tasks[job.index].node, let obstacle = obstacles[node] ?? nil else { continue }
            try cancel(["\(record.job ?? "")_\(job.index)"])
            reports[job.index].state = .missing(obstacle)
        }
    }

    // MARK: Ending

    package func cancel() throws {
        guard let job = record.job else { return }
        try cancel([job])
        // Slurm kills what does not end half a minute after the first signal.
        let end = Deadline.after(.seconds(45))
        while !end.hasPassed {
            let left = (try? jobs()) ?? []
            if left.allSatisfy({ $0.taskState.isOver }) { return }
            usleep(200_000)
        }
        throw Failure("Slurm has not ended the job \(job) within 45 s: see `squeue --jobs=\(job)`")
    }

    func cancel(_ jobs: [String]) throws {
        try SlurmTools.scancel.call(jobs, to: "cancel the jobs", limit: Self.patience)
    }
}
