internal import ShmCoordinator
internal import ShmCore

/// Tells a person how far the run is: one line that is redrawn on a terminal, a line now and then elsewhere.
struct Progress {
    private let rounds: Int
    private let started = Deadline.now
    private var done = 0
    private var lastTold = -1

    init(rounds: Int) { self.rounds = rounds }

    /// A round begins.
    mutating func begin(_ cell: Cell, round: Int, of total: Int) {
        let left = done == 0 ? "" : ", \(clock(elapsed / Double(done) * Double(rounds - done))) left"
        let percent = done * 100 / max(rounds, 1)
        if Terminal.isWatched {
            let what =
                "\(cell.lock.name), \(cell.workers) worker\(cell.workers == 1 ? "" : "s"), round \(round)/\(total)"
            let line = "[\(bar(percent))] \(percent)%\(left)  \(what)"
            Terminal.write("\r\u{1b}[K" + line.prefix(Terminal.width - 1))
        } else if percent / 25 != lastTold {
            lastTold = percent / 25
            Terminal.write("\(percent)% of \(rounds) rounds done\(left)\n")
        }
    }

    /// A round is over.
    mutating func end() { done += 1 }

    /// Removes the line.
    func clear() {
        if Terminal.isWatched { Terminal.write("\r\u{1b}[K") }
    }

    private var elapsed: Double { Double(Deadline.now.nanoseconds - started.nanoseconds) / 1e9 }

    private func bar(_ percent: Int) -> String {
        let filled = percent / 5
        return String(repeating: "#", count: filled) + String(repeating: ".", count: 20 - filled)
    }

    private func clock(_ seconds: Double) -> String {
        let whole = Int(seconds.rounded())
        let rest = whole % 60
        return "\(whole / 60):\(rest < 10 ? "0" : "")\(rest)"
    }
}
