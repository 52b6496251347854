internal import ShmCoordinator

/// The warning that processes were paused: for how long, when, and what happened to the measurement.
enum PauseWarning {
    static func show(_ text: String) {
        // A progress line is removed first.
        let start = Terminal.isWatched ? "\r\u{1b}[K" : ""
        let line = "warning: \(text)"
        Terminal.write(start + Terminal.wrapped(line) + "\n")
    }

    /// Warns of tests that were repeated.
    static func show(_ name: String, _ standstills: [Standstill]) {
        for standstill in standstills { show("\(name): what was being tested was done again: \(standstill.text)") }
    }
}
