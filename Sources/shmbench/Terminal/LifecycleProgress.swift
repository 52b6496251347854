internal import ShmCore

/// The progress of `lifecycle`: the steps of each lock.
struct LifecycleProgress {
    private let locks: Int
    private let steps: Int
    private var done = 0
    private var line = ProgressLine()

    /// Shows that the measurement begins.
    ///
    /// - Parameters:
    ///   - steps: the number of steps of a lock.
    ///   - first: the first of them.
    init(_ kinds: [LockKind], steps: Int, first step: String) {
        locks = kinds.count
        self.steps = steps
        if let first = kinds.first { show(first, { 0 }, { step }) }
    }

    /// A step goes on.
    ///
    /// - Parameter step: the number of this lock's steps that are done.
    mutating func show(_ lock: LockKind, _ step: () -> Double, _ what: () -> String) {
        let share = (Double(done) + step() / Double(steps)) / Double(locks)
        if line.isDue(share) { line.show(share, "\(lock): \(what())") }
    }

    /// A lock is done.
    mutating func end() { done += 1 }

    func clear() { line.clear() }
}
