internal import Glibc
internal import SystemPackage

/// The two streams: the document goes to stdout, everything else to stderr.
enum Terminal {
    /// A document that was asked for. Throws where it cannot be written, a full disk behind a redirection for one:
    /// what nobody gets must not look like success.
    static func show(_ document: String) throws {
        do { _ = try FileDescriptor.standardOutput.writeAll(document.utf8) } catch {
            let reason = (error as? Errno)?.description ?? "\(error)"
            throw Failure("cannot write to the standard output: \(reason)")
        }
    }

    /// One line that says what is wrong and what to do.
    static func complain(_ message: String) { write("shmbench: \(message)\n") }

    /// Text for a person who watches.
    static func write(_ text: String) {
        let bytes = Array(text.utf8)
        _ = unsafe bytes.withUnsafeBytes { unsafe Glibc.write(STDERR_FILENO, $0.baseAddress, $0.count) }
    }

    /// Whether somebody watches.
    static let isWatched = isatty(STDERR_FILENO) == 1

    /// Columns of the terminal.
    static var width: Int {
        var size = winsize()
        let known = unsafe ioctl(STDERR_FILENO, UInt(TIOCGWINSZ), &size) == 0 && size.ws_col > 0
        return known ? Int(size.ws_col) : 80
    }

    /// Columns for a document: the terminal's, 80 where stdout is none.
    static var documentWidth: Int {
        var size = winsize()
        let known = unsafe ioctl(STDOUT_FILENO, UInt(TIOCGWINSZ), &size) == 0 && size.ws_col > 0
        return known ? Int(size.ws_col) : 80
    }

    /// A sentence broken into lines of at most 80 columns, or of the terminal's where that is narrower; lines after
    /// the first are indented.
    static func wrapped(_ text: String) -> String {
        let limit = max(40, min(80, isWatched ? width : 80))
        var lines: [String] = []
        var line = ""
        for word in text.split(separator: " ") {
            if !line.isEmpty && line.count + 1 + word.count > limit {
                lines.append(line)
                line = "  \(word)"
            } else {
                line += line.isEmpty ? String(word) : " \(word)"
            }
        }
        return (lines + [line]).joined(separator: "\n")
    }

    /// A text behind a head, broken into lines that begin below its beginning.
    static func hanging(_ head: String, _ text: String) -> String {
        let limit = max(head.count + 20, min(100, documentWidth))
        var result = head
        var column = head.count
        for (index, word) in text.split(separator: " ").enumerated() {
            if index > 0 && column + 1 + word.count > limit {
                result += "\n" + String(repeating: " ", count: head.count)
                column = head.count
            } else if index > 0 {
                result += " "
                column += 1
            }
            result += word
            column += word.count
        }
        return result + "\n"
    }

    /// Lines without blanks at their ends.
    static func trimmed(_ text: String) -> String {
        text.split(separator: "\n", omittingEmptySubsequences: false)
            .map { line in line.reversed().drop { $0 == " " }.reversed().map(String.init).joined() }
            .joined(separator: "\n")
    }
}
