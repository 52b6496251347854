internal import ShmCoordinator
internal import ShmCore

/// The progress of a crash test: paths, and the instructions of each.
struct CrashProgress {
    private let locks: Int
    private let paths: Int
    private var lock: LockKind?
    private var done = -1
    private var line = ProgressLine()

    init(locks: Int, paths: Int) {
        self.locks = locks
        self.paths = paths
    }

    /// A lock's test begins.
    mutating func begin(_ lock: LockKind) {
        self.lock = lock
        done += 1
        line.show(Double(done) / Double(max(1, locks)), title(lock))
    }

    /// A target is about to be killed.
    mutating func show(_ progress: CrashTest.Progress) {
        guard let lock else { return }
        let path = min(1, Double(progress.instruction) / Double(max(progress.length, 1)))
        let share = (Double(done) + (Double(progress.index) + path) / Double(paths)) / Double(max(1, locks))
        guard line.isDue(share) else { return }
        line.show(
            share, title(lock),
            now: ", \(progress.path), instruction \(progress.instruction)/\(progress.length)")
    }

    private func title(_ lock: LockKind) -> String { "\(lock) (\(done + 1)/\(locks))" }

    func clear() { line.clear() }
}
