public import ShmCore

/// Something that a lock offers or must keep, and that a stress test tries.
public enum Exercise: String, Sendable, CaseIterable {
    /// `lock` and `unlock`.
    case lock
    /// `tryLock`: takes a free lock, and comes back at once from one that is held.
    case tryLock = "try"
    /// `lock(until:)`: comes back at its deadline, and leaves no trace.
    case timedWait = "timed"
    /// Read-only sections beside one another, and beside no writer.
    case readers
    /// The order of grants that the lock promises.
    case order
    /// As many participants as the area was made for, and those of dead processes.
    case participants
    /// The lock writes to its own area alone.
    case area
    /// Participants that go leave no kernel object and no descriptor.
    case objects

    /// The name in results.
    public var name: String { rawValue }

    /// Why a lock with these properties does not offer this; `nil` where it does.
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
