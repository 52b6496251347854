public import ShmCore

/// What a stress test does to the processes around a lock, or lets them try of it.
///
/// A fault is a value with a file of its own (`Faults/`), and a line of ``allCases``.
public struct Fault: Sendable {
    /// What it is to show.
    public enum Aim: Sendable, Equatable {
        /// That the others go on where processes die.
        case death
        /// That the others go on where processes are disturbed otherwise.
        case disturbance
        /// That the lock does what it offers.
        case exercise(Exercise)
    }

    /// What a lock must promise, beside exclusion, so that the others are sure to go on.
    public enum Need: Sendable {
        /// The next owner gets the lock after its owner's death.
        case survivesOwnerDeath
        /// The death of a waiter holds up no other process.
        case survivesWaiterDeath

        func isKept(by properties: LockProperties) -> Bool {
            switch self {
            case .survivesOwnerDeath: properties.survivesOwnerDeath
            case .survivesWaiterDeath: properties.survivesWaiterDeath
            }
        }
    }

    /// How an episode of it is played.
    enum Play: Sendable {
        /// By the workers that the test has.
        case byWorkers(@Sendable (inout FaultPlay, StressScene) throws(RoundFailure) -> Episode)
        /// By processes of its own.
        case apart(@Sendable (inout FaultPlay) throws(RoundFailure) -> Episode)
    }

    /// The name on the command line and in results.
    public let name: String
    /// The head of its column in a table, of six letters at most.
    public let title: String
    /// One line for a person.
    public let summary: String
    /// What it is to show.
    public let aim: Aim
    /// What a lock must promise.
    public let needs: [Need]
    /// Why it cannot be tried on this machine with such a lock; `nil` where it can.
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

    /// What the lock offers that this tries; `nil` where processes are harmed instead.
    public var exercise: Exercise? { if case .exercise(let exercise) = aim { exercise } else { nil } }

    /// Whether a lock with these properties promises that the others go on.
    public func isPromised(by properties: LockProperties) -> Bool {
        properties.excludes && needs.allSatisfy { $0.isKept(by: properties) }
    }

    /// Why it cannot be tried here; `nil` where it can.
    func obstacle(_ lock: LockKind) -> String? { hindrance(lock) ?? exercise?.absence(in: lock.properties) }

    /// A worker that waits for longer is taken to wait for ever, ns.
    func patience(_ lock: LockKind) -> Int { isPromised(by: lock.properties) ? 5_000_000_000 : 300_000_000 }
}

extension Fault: Hashable {
    /// A name is one fault's.
    public static func == (left: Fault, right: Fault) -> Bool { left.name == right.name }

    /// By name.
    public func hash(into hasher: inout Hasher) { hasher.combine(name) }
}
