/// How often each exercise was done, and how often it failed.
public struct ExerciseTally: Sendable, Equatable {
    private var done: [Exercise: UInt64] = [:]
    private var wrong: [Exercise: UInt64] = [:]

    /// How often it was done, in calls, compared orders, participants or checks of the area.
    public func count(_ exercise: Exercise) -> UInt64 { done[exercise] ?? 0 }

    /// How often it failed.
    public func breaches(_ exercise: Exercise) -> UInt64 { wrong[exercise] ?? 0 }

    /// The number of failures of all exercises.
    public var breaches: UInt64 { wrong.values.reduce(0, +) }

    package mutating func add(_ exercise: Exercise, _ count: UInt64) {
        if count > 0 { done[exercise, default: 0] += count }
    }
    package mutating func breach(_ exercise: Exercise, times: UInt64 = 1) {
        if times > 0 { wrong[exercise, default: 0] += times }
    }

    mutating func add(_ other: ExerciseTally) {
        done.merge(other.done, uniquingKeysWith: +)
        wrong.merge(other.wrong, uniquingKeysWith: +)
    }
}
