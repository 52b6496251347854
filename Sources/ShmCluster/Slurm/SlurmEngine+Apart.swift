internal import Glibc
@_spi(Bench) internal import ShmCore
package import ShmRecord

/// Nodes that do not see the fleet folder: programs go to them with `sbcast`, and results come back with `srun`.
extension SlurmEngine {
    /// Whether a task's programs were sent to its node.
    func isApart(_ task: FleetTask) -> Bool { record.places.contains { $0.task == task.name } }

    /// Whether a task's results were brought here.
    func isFetched(_ task: FleetTask) -> Bool { record.places.contains { $0.task == task.name && $0.isFetched } }

    /// Sends the programs to tasks that run and have not begun: a task that sees the folder begins at once.
    func sendPrograms(_ jobs: [SlurmJob]) throws {
        var waiting: [SlurmJob] = []
        for job in jobs where job.state == "RUNNING" && plan.tasks.indices.contains(job.index) {
            let task = plan.tasks[job.index]
            if isApart(task) || TaskFolder(folder, plan, task).status != nil { continue }
            // Another task showed that this cluster has no shared folder.
            let patience = record.isApart == true ? Duration.milliseconds(300) : Self.visibility
            let since = silentSince[job.index] ?? .after(patience)
            silentSince[job.index] = since
            if since.hasPassed { waiting.append(job) }
        }
        if waiting.isEmpty { return }
        let archive = try Payload.archive(folder)
        let sbcast = try SlurmTools.sbcast
        func send(_ file: String, _ ending: String, _ jobs: [SlurmJob]) -> [Result<String, Failure>] {
            ExternalCalls.all(jobs, atOnce: 4) { job in
                try ExternalCall(
                    sbcast,
                    ["--force", "--jobid=\(job.number)", file, SlurmScript.place(plan, index: job.index) + ending],
                    to: "send the programs to \(plan.tasks[job.index].place)", limit: .seconds(60))
            }
        }
        let sent = zip(waiting, send(archive, ".tar", waiting))
        let complete = sent.filter { (try? $0.1.get()) != nil }.map(\.0)
        let told = zip(complete, send(folder.path("id"), ".ready", complete))
        for (job, _) in told.filter({ (try? $0.1.get()) != nil }) {
            silentSince[job.index] = nil
            record.isApart = true
            record.places.append(
                .init(
                    task: plan.tasks[job.index].name, folder: SlurmScript.place(plan, index: job.index),
                    isStarted: true,
                    isFetched: false))
        }
        // Tried again, as long as the task waits for them.
        for (job, result) in Array(sent) + Array(told) {
            guard case .failure(let failure) = result else { continue }
            unsent[job.index] = failure.message
            silentSince[job.index] = .after(.seconds(5))
        }
    }

    package func fetch(_ tasks: [FleetTask]) -> [String: Failure] {
        let names = Set(tasks.map(\.name))
        let places = record.places.filter { names.contains($0.task) && !$0.isFetched }
        if places.isEmpty { return [:] }
        var failures: [String: Failure] = [:]
        do {
            let srun = try SlurmTools.srun
            // A node that showed the folder late has them here, and the programs there.
            let (here, apart) = (
                places.filter { ownStatus($0)?.hasEnded == true }, places.filter { ownStatus($0)?.hasEnded != true }
            )
            let archives = apart.map { folder.path("results/.\($0.task).tar") }
            let packed = ExternalCalls.all(Array(zip(apart, archives)), atOnce: 8) { place, archive in
                try call(
                    srun, place, ["tar", "-C", "\(place.folder)/results", "-cf", "-", place.task],
                    to: "fetch the results of", outputFile: archive)
            }
            var fetched = here
            for ((place, archive), result) in zip(zip(apart, archives), packed) {
                do {
                    _ = try result.get()
                    try ResultsArchive.unpack(archive, task: place.task, in: folder)
                    fetched.append(place)
                } catch { failures[place.task] = error as? Failure ?? Failure("\(error)") }
                unlink(archive)
            }
            // The folder on the node goes when its content is safe.
            _ = ExternalCalls.all(fetched, atOnce: 8) { place in
                try call(
                    srun, place, ["rm", "-rf", place.folder, "\(place.folder).tar", "\(place.folder).ready"],
                    to: "clean up")
            }
            for place in fetched {
                if let index = record.places.firstIndex(of: place) { record.places[index].isFetched = true }
            }
            try keep()
        } catch {
            let failure = error as? Failure ?? Failure("\(error)")
            for place in places where failures[place.task] == nil { failures[place.task] = failure }
        }
        return failures
    }

    private func ownStatus(_ place: EngineRecord.Place) -> TaskStatus? {
        TaskFolder(folder, plan, FleetTask(name: place.task, node: nil)).status
    }

    /// Calls a program on the node of a task.
    private func call(
        _ srun: ExternalProgram, _ place: EngineRecord.Place, _ command: [String], to purpose: String,
        outputFile: String? = nil
    ) throws -> ExternalCall {
        let node = plan.tasks.first { $0.name == place.task }?.node ?? ""
        let partition = record.partition.map { ["--partition=\($0)"] } ?? []
        return try ExternalCall(
            srun,
            [
                "--quiet", "--nodes=1", "--ntasks=1", "--nodelist=\(node)", "--time=5", "--immediate=60",
                "--input=none", "--chdir=/",
                "--job-name=shmbench-\(plan.id)-fetch",
            ] + partition + (record.account.map { ["--account=\($0)"] } ?? []) + command,
            to: "\(purpose) \(node)", outputFile: outputFile, limit: .seconds(120))
    }

    private func unlink(_ path: String) { _ = unsafe Glibc.unlink(path) }
}
