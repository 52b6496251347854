internal import ShmCoordinator
package import ShmRecord

/// What is known of a machine's task beside its rows: the program that distributed the work knows which machines should
/// have answered, and rows cannot tell.
package struct MachineTask: Sendable {
    /// How a task ended.
    package enum State: Equatable, Sendable {
        /// It ended with the expected number of rows.
        case complete
        /// It has left nothing, with the reason if that is known.
        case missing(String)
        /// It is said to run, and nothing runs it any more; with the reason if that is known.
        case lost(String)
        /// It was cancelled, with the reason if that is known.
        case cancelled(String)
        /// Its results cannot be used, with the reason.
        case unusable(String)
        /// It still runs.
        case running
        /// It ended with this exit code, and the last words of its log.
        case failed(exit: Int, words: String)
        /// It ended, and rows are missing.
        case partial(rows: Int, expected: Int)
    }

    /// The name of the task.
    package let name: String
    package let state: State
    /// By how many seconds the machine's clock is at least ahead of the collecting machine's (negative: behind); `nil` if
    /// unknown.
    package let clockOffset: Double?
    /// A remark of the collector, such as that the machine came back with another kernel.
    package let note: String?

    package init(_ name: String, _ state: State, clockOffset: Double? = nil, note: String? = nil) {
        self.name = name
        self.state = state
        self.clockOffset = clockOffset
        self.note = note
    }

    /// The seconds by which clocks may differ without a warning: file times and messages have delays of that order.
    package static let tolerance = 5.0

    package var isComplete: Bool { state == .complete }

    /// What is missing, in words; `nil` if nothing is.
    package var shortfall: String? {
        switch state {
        case .complete: nil
        case .missing(let reason): Self.because("has left nothing", reason)
        case .lost(let reason): Self.because("began and was lost", reason)
        case .cancelled(let reason): Self.because("was cancelled", reason)
        case .unusable(let reason): Self.because("has results that cannot be used", reason)
        case .running: "is still running"
        case .failed(let exit, let words): Self.because("failed with exit code \(exit)", words)
        case .partial(let rows, let expected): "has \(counted(rows, "row")) of \(expected)"
        }
    }

    private static func because(_ what: String, _ reason: String) -> String {
        reason.isEmpty ? what : "\(what): \(reason)"
    }
}

extension MachineTask.State {
    /// The word in documents for programs.
    package var word: String {
        switch self {
        case .complete: "complete"
        case .missing: "missing"
        case .lost: "lost"
        case .cancelled: "cancelled"
        case .unusable: "unusable"
        case .running: "running"
        case .failed: "failed"
        case .partial: "partial"
        }
    }

    /// All words.
    package static let words = [
        "complete", "missing", "lost", "cancelled", "unusable", "running", "failed", "partial",
    ]
}

/// A member of `tasks` in JSON documents.
package typealias MachineTaskColumn = Field<MachineTask>

extension Field where Subject == MachineTask {
    package static let all: [Field<MachineTask>] = [
        Field("name", kind: .text, roles: .present, "name of the task") { .text($0.name) },
        Field("state", kind: .words(MachineTask.State.words), roles: .present, "how the task ended") {
            .text($0.state.word)
        },
        Field("shortfall", kind: .text, "what is missing, in words; empty if nothing is") { Value($0.shortfall) },
        Field(
            "clock_offset_s", kind: .number,
            "by how much the machine's clock is at least ahead of the collecting machine's; negative if it is behind; empty if unknown"
        ) { Value($0.clockOffset, decimals: 3) },
        Field("note", kind: .text, "remark of the collector") { Value($0.note) },
    ]
}
