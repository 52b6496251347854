package import ShmCoordinator
package import ShmCore
internal import ShmRecord

/// The operations of locks that a stress test tested, and those that it did not.
package struct ExerciseReport {
    private let results: [StressResult]
    private let locks: [Exercised]

    /// - Parameter faults: the requested faults.
    package init(_ results: [StressResult], faults: [Fault]) {
        self.results = results
        locks = results.map(\.lock).uniqued().map { lock in
            Exercised(lock, results.filter { $0.lock == lock }, faults: faults)
        }
    }

    /// Whether all operations of the locks were tested.
    package var isComplete: Bool {
        locks.allSatisfy { lock in
            Exercise.allCases.allSatisfy { if case .untried = lock.state($0) { false } else { true } }
        }
    }

    /// The columns of a table with a row per lock.
    package func items<Row>(_ lock: @escaping @Sendable (Row) -> LockKind) -> [TableLayout<Row>.Item] {
        let words = words
        return Exercise.allCases.filter { $0 != .lock }.map { exercise in
            .init(exercise.title) { words[lock($0)]?[exercise] ?? "" }
        }
    }

    private var words: [LockKind: [Exercise: String]] {
        locks.reduce(into: [:]) { words, lock in
            words[lock.lock] = Dictionary(uniqueKeysWithValues: Exercise.allCases.map { ($0, word($0, lock)) })
        }
    }

    private func word(_ exercise: Exercise, _ lock: Exercised) -> String {
        // A hang or a lost update takes precedence over the outcome of the operation.
        if let result = results.first(where: { $0.lock == lock.lock && $0.fault.exercise == exercise }),
            [.hangs, .corrupts].contains(result.verdict)
        {
            return SurvivalMatrix.word(result)
        }
        return switch lock.state(exercise) {
        case .kept: "ok"
        case .broken: lock.lock.properties.excludes ? "WRONG!" : "wrong"
        case .notOffered: "n/a"
        case .untried: "-"
        }
    }

    /// The sentence on operations that were not tested, by reason; `nil` if all were.
    package var sentence: String? {
        var groups: [(what: String, locks: [LockKind])] = []
        // Controls promise nothing.
        for lock in locks where lock.lock.properties.excludes {
            for (exercise, reason) in lock.left {
                let what = "\(exercise.name) (\(reason))"
                if let index = groups.firstIndex(where: { $0.what == what }) {
                    groups[index].locks.append(lock.lock)
                } else {
                    groups.append((what, [lock.lock]))
                }
            }
        }
        if groups.isEmpty { return nil }
        let parts = groups.map { group in
            let isAll = group.locks.count == locks.count(where: { $0.lock.properties.excludes })
            let names =
                group.locks.count <= 3
                ? group.locks.map(\.name).joined(separator: ", ") : counted(group.locks.count, "lock")
            return isAll ? group.what : "\(group.what) of \(names)"
        }
        return "Untested operations: \(parts.joined(separator: "; "))."
    }
}
