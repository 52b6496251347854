/// Where a task is, as its engine sees it.
package enum TaskState: Equatable, Sendable {
    /// Not started yet, with the engine's reason.
    case waiting(String)
    case running
    /// It has ended by itself; its status says how.
    case ended
    /// It was cancelled, by the user or a limit of the engine, with the reason.
    case cancelled(String)
    /// It was running and is no more, without a last status: the node or the job died, with the reason.
    case lost(String)
    /// It never ran and is not waited for, with the reason.
    case missing(String)

    /// Whether nothing more comes of it.
    package var isOver: Bool {
        switch self {
        case .waiting, .running: false
        case .ended, .cancelled, .lost, .missing: true
        }
    }

    /// One word.
    package var name: String {
        switch self {
        case .waiting: "waiting"
        case .running: "running"
        case .ended: "ended"
        case .cancelled: "cancelled"
        case .lost: "lost"
        case .missing: "missing"
        }
    }

    /// Why; empty where there is nothing to say.
    package var reason: String {
        switch self {
        case .waiting(let reason), .cancelled(let reason), .lost(let reason), .missing(let reason): reason
        case .running, .ended: ""
        }
    }
}
