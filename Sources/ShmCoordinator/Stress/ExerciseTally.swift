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
