internal import ShmCluster
internal import ShmCompare

extension MachineTask {
    /// What is known of a task of a fleet.
    init(_ outcome: TaskOutcome) {
        let state: State =
            switch outcome.ending {
            case .complete: .complete
            case .failed(let exit, let words): .failed(exit: exit, words: words)
            case .halfFinished(let rows, let expected): .partial(rows: rows, expected: expected)
            case .cancelled(let reason): .cancelled(reason)
            case .lost(let reason): .lost(reason)
            case .missing(let reason): .missing(reason)
            case .running: .running
            case .unusable(let reason): .unusable(reason)
            }
        self.init(
            outcome.title, state, clockOffset: outcome.clockOffset.map(Double.init),
            note: outcome.remarks.isEmpty ? nil : outcome.remarks.joined(separator: "; "))
    }
}
