@_spi(Bench) internal import ShmCore

/// The progress of a check: a line that is redrawn on a terminal, and nothing elsewhere.
struct CheckProgress {
    private let rounds: Int
    private var done = 0
    private var drawn = Deadline(nanoseconds: 0)

    init(rounds: Int) { self.rounds = rounds }

    mutating func begin(_ what: String) {
        done += 1
        guard Terminal.isWatched && drawn.hasPassed else { return }
        drawn = .after(.milliseconds(200))
        Terminal.write("\r\u{1b}[K" + "round \(done) of \(rounds): \(what)".prefix(Terminal.width - 1))
    }

    func clear() { if Terminal.isWatched { Terminal.write("\r\u{1b}[K") } }
}
