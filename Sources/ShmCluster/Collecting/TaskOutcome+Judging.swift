internal import ShmHarness

extension TaskOutcome {
    /// Judges a task by its folder and by what the engine says.
    ///
    /// - Parameters:
    ///   - state: as the engine saw it last; `nil` if no engine is asked.
    ///   - unfetched: why its results could not be brought here.
    ///   - results: its results; `nil` if there are none, or none that can be used.
    ///   - obstacle: why its results cannot be used.
    ///   - now: the time here, epoch s.
    init(
        _ task: FleetTask, _ plan: FleetPlan, in folder: FleetFolder, state: TaskState?, unfetched: String?,
        results: TaskResults?, obstacle: String?, now: Int
    ) {
        let own = TaskFolder(folder, plan, task)
        let status = own.status
        (self.task, self.status, rows) = (task, status, results?.rows ?? 0)
        ending = Self.ending(
            plan, status, state, rows: results?.rows ?? 0, unfetched: unfetched, obstacle: obstacle,
            lastWords: own.lastWords)
        let found = TaskRemarks(plan, status, results, now: now)
        (remarks, clockOffset) = (found.lines, found.clockOffset)
    }

    private static func ending(
        _ plan: FleetPlan, _ status: TaskStatus?, _ state: TaskState?, rows: Int, unfetched: String?, obstacle: String?,
        lastWords: String
    ) -> Ending {
        if let unfetched { return .missing("its results cannot be fetched: \(unfetched)") }
        switch state {
        case .missing(let reason): return .missing(reason)
        case .cancelled(let reason): return .cancelled(reason)
        case .lost(let reason): return .lost(reason)
        case .waiting(let reason): return .missing("it still waits\(reason.isEmpty ? "" : " (\(reason))")")
        case .running where status?.hasEnded != true: return .running
        case .running, .ended, nil: break
        }
        guard let status else { return .missing("it has no status in its folder: it never ran") }
        guard status.hasEnded, let exit = status.exit else {
            return .lost("its status says that it is running, and nothing is known to run it")
        }
        // A failure may explain results that cannot be used.
        if !plan.kind.isDone(exit: exit, rows: rows) { return .failed(exit: exit, words: lastWords) }
        if let obstacle { return .unusable(obstacle) }
        let expected = max(plan.expectedRows ?? 0, status.rows ?? 0, 1)
        return rows < expected ? .halfFinished(rows: rows, expected: expected) : .complete
    }
}
