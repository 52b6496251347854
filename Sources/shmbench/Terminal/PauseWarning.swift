internal import ShmCoordinator

/// What is said at once where processes stood still: how long, when, and what became of what was measured.
enum PauseWarning {
    static func show(_ text: String) {
        // Where a progress line is drawn, it gives way.
        let start = Terminal.isWatched ? "\r\u{1b}[K" : ""
        let line = "warning: \(text)"
        Terminal.write(start + Terminal.told(line) + "\n")
    }

    /// What a test did again.
    static func show(_ name: String, _ standstills: [Standstill]) {
        for standstill in standstills { show("\(name): what was being tested was done again: \(standstill.text)") }
    }
}
