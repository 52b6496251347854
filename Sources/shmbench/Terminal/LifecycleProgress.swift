internal import ShmCore

/// The progress of `lifecycle`: the steps of each lock.
struct LifecycleProgress {
    private let locks: Int
    private let steps: Int
    private var done = 0
    private var line = ProgressLine()

    /// - Parameter steps: the number of steps of a lock.
    init(locks: Int, steps: Int) {
        self.locks = locks
        self.steps = steps
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
