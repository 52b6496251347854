public import ShmCore

/// What all faults together have exercised of one lock.
public struct Exercised: Sendable {
    /// The outcome of an exercise.
    public enum State: Sendable, Equatable {
        /// Done, without a finding.
        case kept
        /// Done, and failed.
        case broken
        /// Not offered by the lock, with the reason.
        case notOffered(String)
        /// Not done, with the reason.
        case untried(String)
    }

    /// The lock whose operations were tested.
    public let lock: LockKind
    /// The sum of all faults' tallies.
    public let tally: ExerciseTally
    private let obstacles: [Exercise: String]
    private let faults: [Fault]

    /// Sums up results of one lock.
    ///
    /// - Parameter faults: the requested faults.
    public init(_ lock: LockKind, _ results: [StressResult], faults: [Fault]) {
        self.lock = lock
        self.faults = faults
        tally = results.reduce(into: ExerciseTally()) { $0.add($1.exercises) }
        obstacles = results.reduce(into: [:]) { obstacles, result in
            if let exercise = result.fault.exercise, let obstacle = result.obstacle { obstacles[exercise] = obstacle }
        }
    }

    /// The outcome of an exercise.
    public func state(_ exercise: Exercise) -> State {
        if tally.breaches(exercise) > 0 { return .broken }
        if let absence = exercise.absence(in: lock.properties) { return .notOffered(absence) }
        if tally.count(exercise) > 0 { return .kept }
        return .untried(obstacles[exercise] ?? (isLeftOut(exercise) ? "left out by --faults" : "the test ended first"))
    }

    /// Whether only a fault that was not requested does it. Exercises without a fault of their own are part of every fault.
    private func isLeftOut(_ exercise: Exercise) -> Bool {
        Fault.allCases.contains { $0.exercise == exercise } && !faults.contains { $0.exercise == exercise }
    }

    /// The exercises that were done. A call that the lock answers with another one, as of a shared lock that excludes, is none
    /// of them.
    public var done: [Exercise] {
        Exercise.allCases.filter { exercise in
            switch state(exercise) {
            case .kept, .broken: true
            case .notOffered, .untried: false
            }
        }
    }

    /// The exercises that were not done, and why.
    public var left: [(exercise: Exercise, reason: String)] {
        Exercise.allCases.compactMap { exercise in
            switch state(exercise) {
            case .kept, .broken: nil
            case .notOffered(let reason), .untried(let reason): (exercise, reason)
            }
        }
    }
}
