internal import ShmCoordinator
@_spi(Bench) internal import ShmCore
internal import ShmHarness
internal import ShmRecord

/// The progress of a run: one line that is redrawn on a terminal, a line for each quarter elsewhere.
///
///     [####................] 23%, 0:41 left  futex × 8, round 2/3  latency  31.2 M/s  RRSSSSSS
///
/// The letters are the states of the worker processes, as in ps(1): running or ready (R), sleeping (S), …
struct Progress {
    private let rounds: Int
    private let started = Deadline.now
    private var done = 0
    private var lastQuarter = -1
    private var what = ""
    private var drawn = Deadline(nanoseconds: 0)
    /// The time of the last line, and the number of sections done then.
    private var seen: (nanoseconds: Int64, sections: UInt64)?

    /// The maximum number of workers with a letter each; for more, the letters are counted.
    private static let letters = 16

    init(rounds: Int) { self.rounds = rounds }

    /// A round begins.
    mutating func begin(_ cell: Cell, round: Int, of total: Int) {
        let open = cell.spacing == .closed ? "" : " at \(Figure.rate(cell.rate))"
        what = "\(cell.lock.name) × \(cell.workers)\(open), round \(round)/\(total)"
        seen = nil
        if Terminal.isWatched {
            draw("")
        } else if percent / 25 != lastQuarter {
            lastQuarter = percent / 25
            Terminal.write("\(percent)% of \(rounds) rounds done\(left)\n")
        }
    }

    /// The round goes on.
    mutating func look(_ look: borrowing Round.Look) {
        // Often enough for a reader: each look takes time from the workers.
        guard Terminal.isWatched, drawn.hasPassed else { return }
        drawn = .after(.milliseconds(200))
        let now = (nanoseconds: Deadline.now.nanoseconds, sections: look.sections.reduce(0, +))
        var text = "  \(look.phase)"
        if let seen, now.nanoseconds > seen.nanoseconds {
            let rate = Double(now.sections - seen.sections) * 1e9 / Double(now.nanoseconds - seen.nanoseconds)
            text += "  \(Figure.rate(rate))"
        }
        seen = now
        draw(text + "  " + Self.condensed(look.processes))
    }

    /// A letter for each worker; for many workers, the counts of a sample.
    private static func condensed(_ processes: [Int32]) -> String {
        let letters = processes.prefix(64).map { ProcessState.letter(of: $0) ?? "-" }
        if processes.count <= Self.letters { return letters.joined() }
        let counts = Dictionary(grouping: letters) { $0 }.sorted { $0.key < $1.key }.map {
            "\($0.value.count)\($0.key)"
        }
        return counts.joined(separator: " ") + (processes.count > 64 ? " of the first 64" : "")
    }

    private func draw(_ now: String) {
        // A narrow terminal shows the state of the round in place of the time left.
        let narrow = Terminal.width < 100 && !now.isEmpty
        let line = "[\(bar)] \(percent)%\(narrow ? "" : left)  \(what)\(now)"
        Terminal.write("\r\u{1b}[K" + line.prefix(Terminal.width - 1))
    }

    /// A round is over.
    mutating func end() { done += 1 }

    /// Skips planned rounds that are not needed.
    mutating func skip(to done: Int) { self.done = done }

    /// Removes the line.
    func clear() {
        if Terminal.isWatched { Terminal.write("\r\u{1b}[K") }
    }

    private var percent: Int { min(100, done * 100 / max(rounds, 1)) }
    private var left: String {
        done == 0 ? "" : ", \(clock(elapsed / Double(done) * Double(max(0, rounds - done)))) left"
    }
    private var elapsed: Double { Double(Deadline.now.nanoseconds - started.nanoseconds) / 1e9 }

    private var bar: String {
        // A narrow terminal has a short bar.
        let length = Terminal.width < 100 ? 8 : 20
        let filled = percent * length / 100
        return String(repeating: "#", count: filled) + String(repeating: ".", count: length - filled)
    }

    private func clock(_ seconds: Double) -> String {
        let whole = Int(seconds.rounded())
        let rest = whole % 60
        return "\(whole / 60):\(rest < 10 ? "0" : "")\(rest)"
    }
}
