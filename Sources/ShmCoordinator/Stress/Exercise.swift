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
        case .readers where !properties.sharesReaders: "its readers exclude each other"
        case .order where properties.fairness != .fifo && properties.fairness != .bounded: "it promises none"
        default: nil
        }
    }
}

/// How often each exercise was done, and how often it went wrong.
public struct ExerciseTally: Sendable, Equatable {
    private var done: [Exercise: UInt64] = [:]
    private var wrong: [Exercise: UInt64] = [:]

    /// How often it was done: calls, orders compared, participants, looks at the area.
    public func count(_ exercise: Exercise) -> UInt64 { done[exercise] ?? 0 }

    /// How often it went wrong.
    public func breaches(_ exercise: Exercise) -> UInt64 { wrong[exercise] ?? 0 }

    /// How often any went wrong.
    public var breaches: UInt64 { wrong.values.reduce(0, +) }

    mutating func add(_ exercise: Exercise, _ count: UInt64) { if count > 0 { done[exercise, default: 0] += count } }
    mutating func breach(_ exercise: Exercise) { wrong[exercise, default: 0] += 1 }

    mutating func add(_ other: ExerciseTally) {
        done.merge(other.done, uniquingKeysWith: +)
        wrong.merge(other.wrong, uniquingKeysWith: +)
    }
}

/// What all faults together tried of one lock.
public struct Exercised: Sendable {
    /// What became of an exercise.
    public enum State: Sendable, Equatable {
        /// Done, and nothing against it.
        case kept
        /// Done, and wrong.
        case broken
        /// The lock does not offer it; why.
        case notOffered(String)
        /// Not done; why.
        case untried(String)
    }

    /// The lock.
    public let lock: LockKind
    /// All faults' tallies together.
    public let tally: ExerciseTally
    private let obstacles: [Exercise: String]

    /// What these results, all of one lock, come to.
    public init(_ lock: LockKind, _ results: [StressResult]) {
        self.lock = lock
        tally = results.reduce(into: ExerciseTally()) { $0.add($1.exercises) }
        obstacles = results.reduce(into: [:]) { obstacles, result in
            if let exercise = result.fault.exercise, let obstacle = result.obstacle { obstacles[exercise] = obstacle }
        }
    }

    /// What became of an exercise.
    public func state(_ exercise: Exercise) -> State {
        if tally.breaches(exercise) > 0 { return .broken }
        if let absence = exercise.absence(in: lock.properties) { return .notOffered(absence) }
        if tally.count(exercise) > 0 { return .kept }
        return .untried(obstacles[exercise] ?? "--faults leaves it out, or --duration ended first")
    }

    /// What was done.
    public var done: [Exercise] { Exercise.allCases.filter { tally.count($0) > 0 } }

    /// What was not, and why.
    public var left: [(exercise: Exercise, reason: String)] {
        Exercise.allCases.compactMap { exercise in
            switch state(exercise) {
            case .kept, .broken: nil
            case .notOffered(let reason), .untried(let reason): (exercise, reason)
            }
        }
    }
}
