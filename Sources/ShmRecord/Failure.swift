/// The error that ends the program: one line that says what failed and what to do.
package struct Failure: Error {
    package let message: String
    package let code: ExitStatus
    package let cause: Cause

    /// Whether the program failed or was interrupted.
    package enum Cause { case trouble, interrupted }

    package init(_ message: String, code: ExitStatus = .failed, cause: Cause = .trouble) {
        self.message = message
        self.code = code
        self.cause = cause
    }

    /// The error for an invalid value of an option, a key, a column or a word of a request.
    ///
    /// - Parameters:
    ///   - text: the value, which the message shows with control characters escaped.
    ///   - name: the option, key, column or word.
    ///   - expected: the accepted values.
    package static func invalid(_ text: String, for name: String, expected: String) -> Failure {
        // The escapes keep the message on one line.
        let shown = text.debugDescription.dropFirst().dropLast()
        return Failure("invalid value '\(shown)' for \(name): expected \(expected)", code: .usage)
    }
}
