internal import ShmCoordinator
@_spi(Bench) internal import ShmCore

/// The progress of a crash test: one line that is redrawn on a terminal, a line for each lock elsewhere.
struct CrashProgress {
    private let locks: Int
    private let paths: Int
    private var lock: LockKind?
    private var done = -1
    private var drawn = Deadline(nanoseconds: 0)

    init(locks: Int, paths: Int) {
        self.locks = locks
        self.paths = paths
    }

    /// A lock's test begins.
    mutating func begin(_ lock: LockKind) {
        self.lock = lock
        done += 1
        if !Terminal.isWatched { Terminal.write("\(done) of \(locks) locks done, next is \(lock)\n") }
    }

    /// A target is about to be killed.
    mutating func show(_ progress: CrashTest.Progress) {
        // Often enough for a reader.
        guard Terminal.isWatched, let lock, drawn.hasPassed else { return }
        drawn = .after(.milliseconds(50))
        let share = min(1, Double(progress.instruction) / Double(max(progress.length, 1)))
        let percent = Int((Double(progress.index) + share) * 100 / Double(paths))
        let filled = percent / 5
        let bar = String(repeating: "#", count: filled) + String(repeating: ".", count: 20 - filled)
        let line =
            "[\(bar)] \(lock) (\(done + 1)/\(locks)), \(progress.path), instruction \(progress.instruction)/\(progress.length)"
        Terminal.write("\r\u{1b}[K" + line.prefix(Terminal.width - 1))
    }

    /// Removes the line.
    func clear() {
        if Terminal.isWatched { Terminal.write("\r\u{1b}[K") }
    }
}
