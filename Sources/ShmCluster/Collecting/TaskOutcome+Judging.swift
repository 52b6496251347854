internal import ShmHarness
internal import ShmRecord

extension TaskOutcome {
    /// Judges a task by its folder and by what the engine says.
    ///
    /// - Parameters:
    ///   - state: as the engine saw it last; `nil` if no engine is asked.
    ///   - unfetched: why its results could not be brought here.
    ///   - results: its results; `nil` if there are none, or none that can be used.
    ///   - obstacle: why its results cannot be used.
    init(
        _ task: FleetTask, _ plan: FleetPlan, in folder: FleetFolder, state: TaskState?, unfetched: String?,
        results: TaskResults?, obstacle: String?
    ) {
        let own = TaskFolder(folder, plan, task)
        let status = own.status
        (self.task, self.status, rows) = (task, status, results?.rows ?? 0)
        ending = Self.ending(
            plan, status, state, results, unfetched: unfetched, obstacle: obstacle,
            lastWords: own.lastWords)
        let found = TaskRemarks(plan, status, results, arrival: own.arrival)
        (remarks, clockOffset) = (found.lines, found.clockOffset)
    }

    private static func ending(
        _ plan: FleetPlan, _ status: TaskStatus?, _ state: TaskState?, _ results: TaskResults?, unfetched: String?,
        obstacle: String?,
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
        if !plan.kind.isDone(exit: exit, results) { return .failed(exit: exit, words: lastWords) }
        if let obstacle { return .unusable(obstacle) }
        let rows = results?.rows ?? 0
        let expected = max(plan.expectedRows ?? 0, status.rows ?? 0, 1)
        return rows < expected ? .halfFinished(rows: rows, expected: expected) : .complete
    }
}

extension FleetKind {
    /// Whether a task with this exit code has done its work: what it found is in its results.
    fileprivate func isDone(exit: Int, _ results: TaskResults?) -> Bool {
        switch Int32(exactly: exit).flatMap(ExitStatus.init(rawValue:)) {
        case .ok, .integrity: true
        case .regression, .undecided: self == .compare
        // A comparison that judges nothing has findings that say so. One that failed has none, or may have lost some.
        case .failed: self == .compare && results?.has("unjudged", in: "cell_verdict") == true
        default: false
        }
    }
}
