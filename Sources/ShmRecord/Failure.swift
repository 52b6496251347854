/// How the program ends.
package enum ExitStatus: Int32 {
    case ok = 0
    /// The run could not be done, or was interrupted.
    case failed = 1
    /// Something became slower, or allocates.
    case regression = 2
    /// A lock let two in, lost an update, got stuck, or did not survive what it promises to.
    case integrity = 3
    /// It could not be decided, and that was asked to be a failure.
    case inconclusive = 4
    /// The command line is invalid.
    case usage = 64
}

/// Why the program ends before its work is done: one line that says what to do.
package struct Failure: Error {
    package let message: String
    package let code: ExitStatus
    package let cause: Cause

    /// Whose doing it is.
    package enum Cause { case trouble, interrupted }

    package init(_ message: String, code: ExitStatus = .failed, cause: Cause = .trouble) {
        self.message = message
        self.code = code
        self.cause = cause
    }

    /// Of a value that an option, a key, a column or a word of a request cannot have.
    package static func invalid(_ text: String, for name: String, expected: String) -> Failure {
        // Its escapes keep it in one line.
        let shown = text.debugDescription.dropFirst().dropLast()
        return Failure("invalid value '\(shown)' for \(name): expected \(expected)", code: .usage)
    }
}
