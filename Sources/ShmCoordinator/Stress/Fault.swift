public import ShmCore

/// A fault of a stress test: what it does to the processes around a lock, or makes them exercise.
///
/// A fault is a value with a file of its own (`Faults/`) and an entry in ``allCases``.
public struct Fault: Sendable {
    /// What it tests.
    public enum Aim: Sendable, Equatable {
        /// That the others continue when processes die.
        case death
        /// That the others continue when processes are disturbed otherwise.
        case disturbance
        /// That the lock does what it offers.
        case exercise(Exercise)
    }

    /// What a lock must promise, beside exclusion, for the others to be certain to continue.
    public enum Need: Sendable {
        /// The next process gets the lock after its owner's death.
        case survivesOwnerDeath
        /// The death of a waiter blocks no other process.
        case survivesWaiterDeath

        func isKept(by properties: LockProperties) -> Bool {
            switch self {
            case .survivesOwnerDeath: properties.survivesOwnerDeath
            case .survivesWaiterDeath: properties.survivesWaiterDeath
            }
        }
    }

    /// How an episode of it is executed.
    enum Play: Sendable {
        /// On the workers of the test.
        case byWorkers(@Sendable (inout FaultPlay, StressScene) throws(RoundFailure) -> Episode)
        /// With processes of its own.
        case apart(@Sendable (inout FaultPlay) throws(RoundFailure) -> Episode)
    }

    /// The name on the command line and in results.
    public let name: String
    /// The title of its column in a table; at most six letters.
    public let title: String
    /// One line for users.
    public let summary: String
    /// What it tests.
    public let aim: Aim
    /// What a lock must promise for the others to continue.
    public let needs: [Need]
    /// Why it cannot be tried on this machine with a lock; `nil` if it can.
    let hindrance: @Sendable (LockKind) -> String?
    let play: Play

    init(
        name: String, title: String, summary: String, aim: Aim, needs: [Need],
        hindrance: @escaping @Sendable (LockKind) -> String? = { _ in nil }, play: Play
    ) {
        self.name = name
        self.title = title
        self.summary = summary
        self.aim = aim
        self.needs = needs
        self.hindrance = hindrance
        self.play = play
    }

    /// What the lock offers that this exercises; `nil` for a fault that harms processes.
    public var exercise: Exercise? { if case .exercise(let exercise) = aim { exercise } else { nil } }

    /// Whether a lock with these properties promises that the others continue.
    public func isPromised(by properties: LockProperties) -> Bool {
        properties.excludes && needs.allSatisfy { $0.isKept(by: properties) }
    }

    /// Why it cannot be tried here; `nil` if it can.
    func obstacle(_ lock: LockKind) -> String? { hindrance(lock) ?? exercise?.absence(in: lock.properties) }

    /// Time after which a waiting worker counts as hung, in ns.
    func patience(_ lock: LockKind) -> Int { isPromised(by: lock.properties) ? 5_000_000_000 : 300_000_000 }
}

extension Fault: Hashable {
    /// Names are unique.
    public static func == (left: Fault, right: Fault) -> Bool { left.name == right.name }

    /// Hashes the name.
    public func hash(into hasher: inout Hasher) { hasher.combine(name) }
}
