internal import Glibc
internal import ShmRecord

extension SlurmEngine {
    package func submit() throws {
        let obstacles = obstacles
        let startable = Self.startable(plan, obstacles)
        for task in plan.tasks {
            if let obstacle = task.node.flatMap({ obstacles[$0] }) { record.note(.missing(obstacle), of: task) }
        }
        if startable.isEmpty {
            try keep()
            throw Failure(
                "no job can start on any of the nodes: \(obstacles.sorted { $0.key < $1.key }.first.map { "\($0.key): \($0.value)" } ?? "")"
            )
        }
        try checkSize()
        try FileTree.write("\(plan.id)\n", to: folder.path("id"))
        let script = folder.path("batch.sh")
        try FileTree.write(
            SlurmScript(plan, folder: folder.path, options, indices: startable).text, to: script, isProgram: true)
        let answer = try SlurmTools.sbatch.call(
            ["--parsable", "--hold", script], to: "submit the jobs", limit: .seconds(60))
        // `123` or `123;cluster`.
        let job = answer.prefix { $0.isASCII && $0.isNumber }
        guard !job.isEmpty else {
            // Something may have been submitted all the same.
            try? cancel(["--name=\(SlurmScript.jobName(plan))"])
            throw SlurmTools.unreadable(
                answer.split(whereSeparator: \.isNewline).first ?? "", of: "sbatch --parsable",
                expected: "the number of the job")
        }
        record.job = String(job)
        (record.isReleased, record.partition, record.account) = (false, options.partition, options.account)
        try keep()
        try releaseOrCancel()
    }

    /// Goes on with a fleet whose submitting process ended before or after it had the jobs released.
    ///
    /// - Throws: ``Failure`` if the fleet was never submitted.
    package func takeOver() throws {
        if record.job == nil {
            let name = SlurmScript.jobName(plan)
            let answer = try tools.squeue.call(
                ["--noheader", "--me", "--states=all", "--name=\(name)", "--format=%F"],
                to: "find the jobs of the fleet")
            guard let job = answer.split(whereSeparator: \.isWhitespace).first, job.allSatisfy(\.isNumber) else {
                throw Failure("the fleet \(folder.path) was never submitted: start it anew with `shmbench fleet run`")
            }
            record.job = String(job)
            record.isReleased = false
            try keep()
        }
        if record.isReleased == false { try releaseOrCancel() }
    }

    /// Binds each task to its node and lets them start. A task that is bound to no node could run twice on one.
    private func releaseOrCancel() throws {
        do { try release() } catch {
            try? cancel([record.job ?? ""])
            throw error
        }
        record.isReleased = true
        try keep()
    }

    private func release() throws {
        let job = record.job ?? ""
        let waiting = try jobs().filter { if case .waiting = $0.taskState { true } else { false } }
        let nodes = Dictionary(
            waiting.compactMap { entry in
                plan.tasks.indices.contains(entry.index) ? plan.tasks[entry.index].node.map { (entry.index, $0) } : nil
            }
        ) { first, _ in first }
        // One process for all of them: a call for each takes ten times as long.
        let updates = nodes.sorted { $0.key < $1.key }.map { "update JobId=\(job)_\($0.key) ReqNodeList=\($0.value)\n" }
        try tools.scontrol.call(
            [], to: "bind the jobs to their nodes", input: .text(updates.joined() + "exit\n"), limit: .seconds(120))
        if let odd = try jobs().first(where: { entry in nodes[entry.index].map { $0 != entry.wanted } ?? false }) {
            throw Failure(
                "cannot bind the job \(job)_\(odd.index) to the node \(nodes[odd.index] ?? ""): Slurm has '\(PlainWords.of(odd.wanted))'; see `scontrol show job \(job)_\(odd.index)`"
            )
        }
        try tools.scontrol.call(["release", job], to: "release the jobs", limit: .seconds(60))
    }

    /// Refuses an array that is larger than the cluster allows.
    private func checkSize() throws {
        guard let config = try? tools.scontrol.call(["show", "config"], to: "see the limits of the cluster"),
            let line = config.split(separator: "\n").first(where: { $0.hasPrefix("MaxArraySize") }),
            let most = line.split(separator: "=").last.flatMap({ Int($0.trimmingBlanks) }), plan.tasks.count > most
        else { return }
        throw Failure(
            "the fleet has \(plan.tasks.count) tasks, and this Slurm has job arrays of at most \(most) (MaxArraySize): give fewer --nodes, or a smaller --repeat",
            code: .usage)
    }
}
