internal import Glibc
internal import ShmCoordinator
internal import ShmRecord

/// All that came of a fleet: what each task has, and their results.
package struct FleetCollection: Sendable {
    package let plan: FleetPlan
    package let folder: FleetFolder
    /// In the order of the plan.
    package let outcomes: [TaskOutcome]
    /// The results that can be used, in the order of the plan.
    package let results: [TaskResults]
    /// The same, each with its task.
    package let resultsOfTasks: [(outcome: TaskOutcome, results: TaskResults)]

    /// Reads the folder.
    ///
    /// - Parameters:
    ///   - end: how following the fleet has ended; `nil` if no engine was asked.
    ///   - schema: the schema of the results.
    package init(_ folder: FleetFolder, _ plan: FleetPlan, _ end: FleetSession.End?, schema: Int) throws {
        (self.plan, self.folder) = (plan, folder)
        let record = try? folder.record()
        let states = Dictionary(
            (end?.reports ?? []).map { ($0.task.name, $0.state) }
        ) { first, _ in first }
        var found: [TaskResults?] = []
        let outcomes = plan.tasks.map { task in
            let file = TaskFolder(folder, plan, task).results
            var (own, obstacle): (TaskResults?, String?) = (nil, nil)
            if unsafe access(file, F_OK) == 0 {
                do { own = try TaskResults(file, schema: schema) } catch {
                    obstacle = (error as? Failure)?.message ?? "\(error)"
                }
            }
            found.append(own)
            return TaskOutcome(
                task, plan, in: folder, state: states[task.name] ?? record?.note(of: task),
                unfetched: end?.unfetched[task.name],
                results: own, obstacle: obstacle)
        }
        self.outcomes = outcomes
        results = found.compactMap(\.self)
        resultsOfTasks = zip(outcomes, found).compactMap { outcome, results in results.map { (outcome, $0) } }
    }

    /// Whether every task has done all of its work.
    package var isComplete: Bool { outcomes.allSatisfy(\.isComplete) }

    /// What is missing or odd, a line each.
    package var warnings: [String] {
        outcomes.flatMap { outcome in
            [outcome.warning, outcome.clockWarning].compactMap(\.self)
                + outcome.remarks.map { "\(outcome.title): \($0)" }
        } + kernels
    }

    /// Nodes whose kernel is another in another of their tasks.
    private var kernels: [String] {
        Dictionary(grouping: outcomes.filter { $0.task.node != nil }) { $0.task.node ?? "" }.sorted { $0.key < $1.key }
            .compactMap { node, outcomes in
                let kernels = outcomes.compactMap { $0.status?.kernel }.filter { !$0.isEmpty }.uniqued()
                return kernels.count > 1
                    ? "\(node): its kernel changed between tasks: \(kernels.joined(separator: ", then "))" : nil
            }
    }

    /// The one file with the rows of all tasks.
    package var mergedPath: String { folder.path(plan.kind.resultsName) }

    /// Writes the rows of all tasks into one file of the folder.
    package func writeMerged() throws { try MergedResults(results).write(to: mergedPath) }
}
