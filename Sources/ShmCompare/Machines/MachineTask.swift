internal import ShmCoordinator
package import ShmRecord

/// What is known of a machine's task beside its rows: the program that distributed the work knows which machines should
/// have answered, and rows cannot tell.
package struct MachineTask: Sendable {
    /// How a task ended.
    package enum State: Equatable, Sendable {
        /// It ended with the expected number of rows.
        case complete
        /// It has left no trace.
        case missing
        /// It is said to run, and nothing runs it any more.
        case lost
        /// It still runs.
        case running
        /// It ended with this exit code.
        case failed(exit: Int)
        /// It ended, and rows are missing.
        case partial(rows: Int, expected: Int)
    }

    /// The name of the task.
    package let name: String
    package let state: State
    /// By how many seconds the machine's clock is ahead of the collecting machine's; `nil` if unknown.
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
        case .missing: "has left nothing"
        case .lost: "began and was lost: nothing runs it any more"
        case .running: "is still running"
        case .failed(let exit): "failed with exit code \(exit)"
        case .partial(let rows, let expected): "has \(counted(rows, "row")) of \(expected)"
        }
    }
}

extension MachineTask.State {
    /// The word in documents for programs.
    package var word: String {
        switch self {
        case .complete: "complete"
        case .missing: "missing"
        case .lost: "lost"
        case .running: "running"
        case .failed: "failed"
        case .partial: "partial"
        }
    }

    /// All words.
    package static let words = ["complete", "missing", "lost", "running", "failed", "partial"]
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
            "by how much the machine's clock is ahead of the collecting machine's; empty if unknown"
        ) { Value($0.clockOffset, decimals: 3) },
        Field("note", kind: .text, "remark of the collector") { Value($0.note) },
    ]
}
