internal import ShmCoordinator
internal import ShmCore

/// The progress of a crash test: paths, and the instructions of each.
struct CrashProgress {
    private let locks: Int
    private let paths: Int
    private var lock: LockKind?
    private var done = -1
    private var line = ProgressLine()

    /// Shows that the test begins.
    init(_ kinds: [LockKind], paths: Int) {
        locks = kinds.count
        self.paths = paths
        if let first = kinds.first { line.show(0, title(first, 0)) }
    }

    /// A lock's test begins.
    mutating func begin(_ lock: LockKind) {
        self.lock = lock
        done += 1
        line.show(Double(done) / Double(max(1, locks)), title(lock, done))
    }

    /// A target is about to be killed.
    mutating func show(_ progress: CrashTest.Progress) {
        guard let lock else { return }
        let path = min(1, Double(progress.instruction) / Double(max(progress.length, 1)))
        let share = (Double(done) + (Double(progress.index) + path) / Double(paths)) / Double(max(1, locks))
        guard line.isDue(share) else { return }
        line.show(
            share, title(lock, done),
            now: ", \(progress.path), instruction \(progress.instruction)/\(progress.length)")
    }

    private func title(_ lock: LockKind, _ index: Int) -> String { "\(lock) (\(index + 1)/\(locks))" }

    func clear() { line.clear() }
}
