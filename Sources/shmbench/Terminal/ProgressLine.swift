@_spi(Bench) internal import ShmCore
internal import ShmRender

/// The progress of a command, in one style for all: a line that is redrawn on a terminal, and elsewhere a line at the start,
/// for each quarter and every minute.
///
///     [####................] 23%, 0:41 left  futex × 8, round 2/3  latency  31.2 M/s
struct ProgressLine {
    private let started = Deadline.now
    private var drawn = Deadline(nanoseconds: 0)
    private var quarter = -1
    private var next = Deadline(nanoseconds: 0)

    /// Shows on a terminal that a command without steps is at work. A pipe gets no line.
    static func working(_ what: String) -> ProgressLine {
        var line = ProgressLine()
        if LiveLine.isPossible { line.show(0, what) }
        return line
    }

    /// Whether a line would be shown now: for callers whose texts take time.
    func isDue(_ share: Double) -> Bool {
        LiveLine.isPossible ? drawn.hasPassed : Self.quarter(share) != quarter || next.hasPassed
    }

    /// A command that still shows progress is not at 100 %.
    private static func unfinished(_ share: Double) -> Double { min(0.99, max(0, share)) }

    private static func quarter(_ share: Double) -> Int { Int(unfinished(share) * 4) }

    /// Shows a line, if it is time for one.
    ///
    /// - Parameters:
    ///   - share: the part that is done, 0 to 1.
    ///   - before: the part that was done before the line began.
    ///   - what: what is being measured.
    ///   - now: its state at this moment, for a terminal.
    ///   - parts: lines below, for a terminal.
    mutating func show(
        _ share: Double, before: Double = 0, _ what: String, now: String = "",
        parts: @autoclosure () -> [String] = []
    ) {
        guard isDue(share) else { return }
        let share = Self.unfinished(share)
        let left = Self.left(share - before, rest: 1 - share, since: started).map { ", \($0)" } ?? ""
        let percent = "\(Int(share * 100))%"
        if LiveLine.isPossible {
            drawn = .after(.milliseconds(200))
            LiveLine.draw(["[\(bar(share))] \(percent)\(left)  \(what)\(now)"] + parts())
        } else {
            quarter = Self.quarter(share)
            next = .after(.seconds(60))
            Terminal.write("\(percent) done\(left): \(what)\n")
        }
    }

    /// Removes the line.
    func clear() { LiveLine.clear() }

    /// The time left if the rest takes as long for each part; `nil` in the first moments, which say nothing of the rest.
    ///
    /// - Parameters:
    ///   - share: the part that is done since the start, 0 to 1.
    ///   - rest: the part that is not.
    static func left(_ share: Double, rest: Double, since started: Deadline) -> String? {
        let elapsed = Double(Deadline.now.nanoseconds - started.nanoseconds) / 1e9
        guard share > 0.005, elapsed > 0.1 else { return nil }
        return "\(clock(elapsed / share * rest)) left"
    }

    private func bar(_ share: Double) -> String {
        // A narrow terminal has a short bar.
        let length = Terminal.errors.width < 100 ? 8 : 20
        let filled = Int(share * Double(length))
        return String(repeating: "#", count: filled) + String(repeating: ".", count: length - filled)
    }

    private static func clock(_ seconds: Double) -> String {
        let whole = Int(min(seconds, 359_999).rounded())
        let (minutes, rest) = (whole / 60 % 60, whole % 60)
        let hours = whole >= 3600 ? "\(whole / 3600):\(minutes < 10 ? "0" : "")" : ""
        return "\(hours)\(minutes):\(rest < 10 ? "0" : "")\(rest)"
    }
}
