internal import ShmCoordinator

/// The warning that processes were paused: for how long, when, and what happened to the measurement.
enum PauseWarning {
    static func show(_ text: String) { Terminal.warn(text) }

    /// Warns of tests that were repeated.
    static func show(_ name: String, _ standstills: [Standstill]) {
        for standstill in standstills { show("\(name): what was being tested was done again: \(standstill.text)") }
    }
}
