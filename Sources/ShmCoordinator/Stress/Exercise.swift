public import ShmCore

/// A property that a lock offers or must have, and that a stress test exercises.
public enum Exercise: String, Sendable, CaseIterable {
    /// `lock` and `unlock`.
    case lock
    /// `tryLock`: takes a free lock, and returns at once from a held one.
    case tryLock = "try"
    /// `lock(until:)`: returns at its deadline, without a trace.
    case timedWait = "timed"
    /// Read-only sections beside one another, and never beside a writer.
    case readers
    /// The order of grants that the lock promises.
    case order
    /// As many participants as the area was created for, and replacements of dead ones.
    case participants
    /// The lock writes only to its own area.
    case area
    /// Departing participants leave no kernel object and no descriptor behind.
    case objects

    /// The name in results.
    public var name: String { rawValue }

    /// Why a lock with these properties does not offer this; `nil` if it does.
    public func absence(in properties: LockProperties) -> String? {
        switch self {
        case .area: nil
        case _ where !properties.excludes: "it excludes no one"
        case .readers: properties.sharesReaders ? nil : "its readers exclude each other"
        case .order: properties.fairness == .fifo || properties.fairness == .bounded ? nil : "it promises none"
        case .lock, .tryLock, .timedWait, .participants, .objects: nil
        }
    }
}
