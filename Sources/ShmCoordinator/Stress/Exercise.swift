public import ShmCore

/// A property that a lock offers or must have, and that a stress test exercises.
public struct Exercise: Sendable {
    /// The name in results.
    public let name: String
    /// The head of its column in a table, of five letters at most.
    public let title: String
    /// The column of the results that counts how often it was done.
    public let column: String
    private let controlsToo: Bool
    private let hindrance: @Sendable (LockProperties) -> String?

    private init(
        _ name: String, title: String, column: String, controlsToo: Bool = false,
        hindrance: @escaping @Sendable (LockProperties) -> String? = { _ in nil }
    ) {
        self.name = name
        self.title = title
        self.column = column
        self.controlsToo = controlsToo
        self.hindrance = hindrance
    }

    /// Why a lock with these properties does not offer this; `nil` if it does.
    public func absence(in properties: LockProperties) -> String? {
        properties.excludes || controlsToo ? hindrance(properties) : "it is not a lock"
    }
}

extension Exercise: CaseIterable {
    /// `lock` and `unlock`.
    public static let lock = Exercise("lock", title: "lock", column: "locks")
    /// `tryLock`: takes a free lock, and returns at once from a held one.
    public static let tryLock = Exercise("try", title: "try", column: "tries")
    /// `lock(until:)`: returns at its deadline, without a trace.
    public static let timedWait = Exercise("timed", title: "timed", column: "timed_waits")
    /// Read-only sections beside one another, and never beside a writer.
    public static let readers = Exercise("readers", title: "read", column: "reads") {
        $0.sharesReaders ? nil : "its readers exclude each other"
    }
    /// The order of grants that the lock promises.
    public static let order = Exercise("order", title: "order", column: "orders") {
        $0.fairness == .fifo || $0.fairness == .bounded ? nil : "it promises none"
    }
    /// As many participants as the area was created for, and replacements of dead ones.
    public static let participants = Exercise("participants", title: "crowd", column: "participants")
    /// The lock writes only to its own area.
    public static let area = Exercise("area", title: "area", column: "area_checks", controlsToo: true)
    /// Departing participants leave no kernel object and no descriptor behind.
    public static let objects = Exercise("objects", title: "objs", column: "counted_participants")

    /// All of them, in the order in which they are listed.
    public static let allCases = [lock, tryLock, timedWait, readers, order, participants, area, objects]
}

extension Exercise: Hashable {
    /// Whether both have one name.
    public static func == (left: Exercise, right: Exercise) -> Bool { left.name == right.name }

    /// Hashes the name.
    public func hash(into hasher: inout Hasher) { hasher.combine(name) }
}
