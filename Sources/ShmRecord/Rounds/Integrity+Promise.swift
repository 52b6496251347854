package import ShmCoordinator
package import ShmCore

extension RoundResult.Integrity {
    /// Whether a lock may have this finding. A lock that this program does not know promises mutual exclusion.
    package func isAsPromised(by lock: @autoclosure () -> LockKind?) -> Bool {
        switch self {
        case .ok: true
        case .failed: lock().map { !$0.properties.excludes } ?? false
        case .stuck: false
        }
    }
}
