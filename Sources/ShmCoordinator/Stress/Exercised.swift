public import ShmCore

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
