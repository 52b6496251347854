internal import ShmCoordinator
@_spi(Bench) internal import ShmCore

/// The progress of a stress test: one line that is redrawn on a terminal, a line a minute elsewhere.
struct StressProgress {
    private let steps: Int
    private let started = Deadline.now
    private var done = 0
    private var what = ""
    private var drawn = Deadline(nanoseconds: 0)
    private var next = Deadline.after(.seconds(60))

    init(steps: Int) { self.steps = steps }

    /// A fault is about to be injected.
    mutating func begin(_ lock: LockKind, _ fault: Fault) { what = "\(lock), \(fault.name)" }

    /// Shows the result of this fault so far, and of all before.
    mutating func look(_ result: StressResult, total: [StressResult]) {
        let line = { (results: [StressResult]) in
            let broken = results.count { !$0.isAsPromised }
            return "\(results.reduce(0) { $0 + $1.episodes }) faults, \(results.reduce(0) { $0 + $1.kills }) kills, "
                + (broken == 0 ? "no promise broken" : "\(broken) promise\(broken == 1 ? "" : "s") BROKEN")
        }
        if Terminal.isWatched {
            guard drawn.hasPassed else { return }
            drawn = .after(.milliseconds(100))
            let text = "[\(done % steps + 1)/\(steps)] \(what): \(line(total + [result]))"
            Terminal.write("\r\u{1b}[K" + text.prefix(Terminal.width - 1))
        } else if next.hasPassed {
            next = .after(.seconds(60))
            let minutes = (Deadline.now.nanoseconds - started.nanoseconds) / 60_000_000_000
            Terminal.write("\(minutes) min: \(what), \(line(total + [result]))\n")
        }
    }

    /// The fault is done.
    mutating func end() { done += 1 }

    /// Removes the line.
    func clear() { if Terminal.isWatched { Terminal.write("\r\u{1b}[K") } }
}
