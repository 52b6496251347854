internal import Glibc
@_spi(Bench) internal import ShmCore
package import ShmRecord

/// Runs a fleet on hosts that `ssh` reaches. Tasks of one host run one after the other.
package final class SSHEngine: FleetEngine {
    private let folder: FleetFolder
    private let plan: FleetPlan
    private var record: EngineRecord
    /// The most tasks that run at once.
    private let atOnce: Int
    private var seen: [String: TaskReport] = [:]
    /// When a host that does not answer is given up, by task.
    private var lastWait: [String: Deadline] = [:]

    /// The connections that are open at once.
    private static let width = 8
    /// The time in s that a task gets beyond its limit, to end and to become reachable.
    private static let grace = 120

    /// - Parameters:
    ///   - atOnce: the most tasks that run at once; `nil` for no limit.
    ///   - record: what was remembered, to go on with a started fleet.
    package init(
        _ folder: FleetFolder, _ plan: FleetPlan, atOnce: Int? = nil, record: EngineRecord = EngineRecord()
    ) throws {
        (self.folder, self.plan, self.record) = (folder, plan, record)
        self.atOnce = atOnce ?? record.atOnce ?? .max
        self.record.atOnce = atOnce ?? record.atOnce
        _ = try SSHHost("")
    }

    private func host(_ task: FleetTask) throws -> SSHHost { try SSHHost(task.node ?? "") }

    private func place(_ task: FleetTask) -> EngineRecord.Place? { record.places.first { $0.task == task.name } }

    package func submit() throws {
        let failures = try startNext()
        let first = plan.tasks.first.flatMap { failures[$0.name] }
        if let first, plan.tasks.allSatisfy({ record.note(of: $0) != nil }) { throw first }
    }

    // MARK: Starting

    /// Starts a task on each host that runs none, as many as may run. Returns the failures, after which a host is given up.
    private func startNext() throws -> [String: Failure] {
        let open = plan.tasks.filter { record.note(of: $0) == nil }
        let running = open.filter { place($0)?.isStarted == true && !isOver($0) }
        var busy = Set(running.map(\.place))
        var next: [FleetTask] = []
        for task in open where place(task) == nil && next.count + running.count < atOnce {
            if busy.insert(task.place).inserted { next.append(task) }
        }
        if next.isEmpty { return [:] }
        let archive = try Payload.archive(folder)
        record.places += next.map {
            EngineRecord.Place(task: $0.name, folder: SSHScripts(plan, $0).place, isStarted: false, isFetched: false)
        }
        try folder.write(record)
        let results = ExternalCalls.all(next, atOnce: Self.width) { task in
            try host(task).call(
                SSHScripts(plan, task).start, to: "start the task on", input: .file(archive), limit: .seconds(300))
        }
        var failures: [String: Failure] = [:]
        for (task, result) in zip(next, results) {
            guard let index = record.places.firstIndex(where: { $0.task == task.name }) else { continue }
            switch result {
            case .success: record.places[index].isStarted = true
            case .failure(let failure):
                failures[task.name] = failure
                record.places.remove(at: index)
                for other in open where other.place == task.place && place(other) == nil {
                    record.note(.missing(failure.message), of: other)
                }
            }
        }
        try folder.write(record)
        return failures
    }

    private func isOver(_ task: FleetTask) -> Bool { seen[task.name]?.state.isOver ?? false }

    // MARK: Watching

    package func poll() throws -> [TaskReport] {
        let running = plan.tasks.filter { task in
            record.note(of: task) == nil && place(task) != nil && place(task)?.isFetched == false && !isOver(task)
        }
        let answers = ExternalCalls.all(running, atOnce: Self.width) { task in
            try host(task).call(SSHScripts(plan, task).look, to: "see how the task goes on on")
        }
        for (task, answer) in zip(running, answers) { seen[task.name] = report(task, answer) }
        _ = try startNext()
        let known = record
        let reports = plan.tasks.map { task in
            if let noted = record.note(of: task) { return TaskFolder(folder, plan, task).report(task, noted) }
            if place(task)?.isFetched == true { return TaskFolder(folder, plan, task).report(task, .ended) }
            return seen[task.name]
                ?? TaskReport(task: task, state: place(task) == nil ? .waiting("for its turn") : .running)
        }
        for report in reports where report.state.isOver && report.state != .ended {
            record.note(report.state, of: report.task)
        }
        if record != known { try folder.write(record) }
        return reports
    }

    private func report(_ task: FleetTask, _ answer: Result<String, Failure>) -> TaskReport {
        let text: String
        switch answer {
        case .success(let answer): text = answer
        case .failure(let failure):
            // What runs there goes on; the host may become reachable again.
            let end = lastWait[task.name] ?? .after(.seconds(plan.timeLimit + Self.grace))
            lastWait[task.name] = end
            let state = end.hasPassed ? TaskState.lost(failure.message) : .running
            return TaskReport(task: task, state: state, rows: seen[task.name]?.rows, share: seen[task.name]?.share)
        }
        lastWait[task.name] = nil
        let look = SSHLook(text)
        if !look.hasFolder { return TaskReport(task: task, state: .lost("its folder on the host is gone")) }
        let hasEnded = look.status?.hasEnded == true
        var report = TaskReport(
            task: task,
            state: hasEnded
                ? .ended
                : look.isAlive ? .running : .lost("its processes on the host have ended, and it wrote no last status"),
            exit: look.status?.exit)
        if plan.kind.growsByRow { report.rows = look.rows }
        if let rows = report.rows, let expected = plan.expectedRows, expected > 0 {
            report.share = min(1, Double(rows) / Double(expected))
        } else {
            report.share = hasEnded ? 1 : look.share
        }
        return report
    }

    // MARK: Ending

    package func peek(_ tasks: [FleetTask]) { _ = bring(tasks.filter { place($0)?.isFetched == false }) }

    /// Copies the results of tasks into the fleet folder. Returns the tasks whose results are here, and the failures.
    private func bring(_ tasks: [FleetTask]) -> (fetched: [FleetTask], failures: [String: Failure]) {
        func archive(_ task: FleetTask) -> String { folder.path("results/.\(task.name).tar") }
        var failures: [String: Failure] = [:]
        let packed = ExternalCalls.all(tasks, atOnce: Self.width) { task in
            try host(task).call(
                SSHScripts(plan, task).pack, to: "fetch the results from", outputFile: archive(task),
                limit: .seconds(300))
        }
        var fetched: [FleetTask] = []
        for (task, result) in zip(tasks, packed) {
            do {
                _ = try result.get()
                try ResultsArchive.unpack(archive(task), task: task.name, in: folder)
                fetched.append(task)
            } catch { failures[task.name] = error as? Failure ?? Failure("\(error)") }
            _ = unsafe unlink(archive(task))
        }
        return (fetched, failures)
    }

    package func fetch(_ tasks: [FleetTask]) -> [String: Failure] {
        let due = tasks.filter { place($0)?.isFetched == false }
        if due.isEmpty { return [:] }
        let (fetched, unfetched) = bring(due)
        var failures = unfetched
        // The folder on the host goes when its content is safe.
        let removed = ExternalCalls.all(fetched, atOnce: Self.width) { task in
            try host(task).call(SSHScripts(plan, task).remove, to: "clean up")
        }
        for (task, result) in zip(fetched, removed) {
            if case .failure(let failure) = result { failures[task.name] = failure }
            if let index = record.places.firstIndex(where: { $0.task == task.name }) {
                record.places[index].isFetched = true
            }
        }
        do { try folder.write(record) } catch {
            for task in due where failures[task.name] == nil { failures[task.name] = error as? Failure }
        }
        return failures
    }

    package func cancel() throws {
        let running = plan.tasks.filter { place($0)?.isFetched == false && !isOver($0) }
        let results = ExternalCalls.all(running, atOnce: 32) { task in
            try host(task).call(SSHScripts(plan, task).end, to: "end the task on", limit: .seconds(40))
        }
        for task in plan.tasks where place(task) == nil && record.note(of: task) == nil {
            record.note(.cancelled("interrupted before it began"), of: task)
        }
        for (task, result) in zip(running, results) {
            if case .success = result { record.note(.cancelled("interrupted"), of: task) }
        }
        try folder.write(record)
        for result in results { _ = try result.get() }
    }
}
