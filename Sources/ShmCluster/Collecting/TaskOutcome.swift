/// What came of a task: the facts that a report over many nodes needs beside the rows.
package struct TaskOutcome: Equatable, Sendable {
    package enum Ending: Equatable, Sendable {
        /// All rows are there, and the command ended as it does after its work.
        case complete
        /// The command failed, with its exit code and the last line of its log.
        case failed(exit: Int, words: String)
        /// There are fewer rows than there should be.
        case halfFinished(rows: Int, expected: Int)
        /// It was cancelled, or a limit of time ended it, with the reason.
        case cancelled(String)
        /// It was running and is no more, without a last status, with the reason.
        case lost(String)
        /// It never ran, with the reason.
        case missing(String)
        /// It still runs.
        case running
        /// Its results cannot be used, with the reason.
        case unusable(String)
    }

    package let task: FleetTask
    package let ending: Ending
    /// What it said of itself last; `nil` if it said nothing.
    package let status: TaskStatus?
    /// The complete rows of its results.
    package let rows: Int
    /// By how many seconds its clock is at least ahead of this machine's, as far as the times of the task show it; `nil` if
    /// they do not.
    package let clockOffset: Int?
    /// What is odd about it beside that, a line each.
    package let remarks: [String]

    /// Whether nothing is missing.
    package var isComplete: Bool { ending == .complete }

    /// The exit code of its command, where that is a judgement; `nil` where it failed.
    package var verdict: Int? { isComplete ? status?.exit : nil }

    /// The warning about what is missing; `nil` if nothing is.
    package var warning: String? {
        let kept = rows > 0 ? "; \(counted: rows) kept" : ""
        let what: String
        switch ending {
        case .complete: return nil
        case .failed(let exit, let words):
            what = "failed with exit code \(exit)\(words.isEmpty ? ", and its log is empty" : ": \(words)")\(kept)"
        case .halfFinished(let rows, let expected): what = "is half-finished: it has \(rows) of \(expected) rows"
        case .cancelled(let reason): what = "was cancelled\(reason.isEmpty ? "" : ": \(reason)")\(kept)"
        case .lost(let reason): what = "was lost: \(reason)\(kept)"
        case .missing(let reason): what = "is missing: \(reason)"
        case .running: what = "still runs\(kept)"
        case .unusable(let reason): what = "is left out: \(reason)"
        }
        return "\(title) \(what)"
    }

    /// The warning about its clock; `nil` if nothing is known of it.
    package var clockWarning: String? {
        clockOffset.map {
            "\(title): its clock is \($0 > 0 ? "ahead of" : "behind") that of this machine by at least \(abs($0)) s"
        }
    }

    /// The task in messages.
    package var title: String { task.node == nil ? "task \(task.title)" : task.title }
}

extension DefaultStringInterpolation {
    /// A number of rows with its noun.
    fileprivate mutating func appendInterpolation(counted rows: Int) {
        appendLiteral(rows == 1 ? "its 1 row is" : "its \(rows) rows are")
    }
}
