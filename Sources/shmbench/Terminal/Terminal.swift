internal import Glibc
internal import ShmRecord
internal import ShmRender
internal import SystemPackage

/// The two streams: the document goes to stdout, everything else to stderr.
enum Terminal {
    /// Prints a document. Throws if it cannot be written, as on a full disk: a lost document must not end in success.
    static func show(_ document: String) throws {
        do { _ = try FileDescriptor.standardOutput.writeAll(document.utf8) } catch {
            let reason = (error as? Errno)?.description ?? "\(error)"
            throw Failure("cannot write to the standard output: \(reason)")
        }
    }

    /// Prints a report in a format; tables in colour on a terminal.
    static func show(_ report: Report, _ format: OutputFormat) throws {
        let text = format.renderer.render(report, for: page)
        try show(format == .table ? Colour.paint(text) : text)
    }

    /// Prints an error: one line with the cause and the remedy.
    static func complain(_ message: String) { write("shmbench: \(message)\n") }

    /// Prints text on stderr.
    static func write(_ text: String) {
        let bytes = Array(text.utf8)
        _ = unsafe bytes.withUnsafeBytes { unsafe Glibc.write(STDERR_FILENO, $0.baseAddress, $0.count) }
    }

    /// Whether stderr is a terminal.
    static let isWatched = isatty(STDERR_FILENO) == 1

    /// Columns of the terminal.
    static var width: Int {
        var size = winsize()
        let known = unsafe ioctl(STDERR_FILENO, UInt(TIOCGWINSZ), &size) == 0 && size.ws_col > 0
        return known ? Int(size.ws_col) : 80
    }

    /// The page of a document: as wide as the terminal, or 80 columns if stdout is not one.
    static let page: Page = {
        var size = winsize()
        let known = unsafe ioctl(STDOUT_FILENO, UInt(TIOCGWINSZ), &size) == 0 && size.ws_col > 0
        return Page(width: known ? Int(size.ws_col) : 80)
    }()

    /// Sentences wrapped to the width of the terminal; unchanged if stderr is not one.
    static func wrapped(_ text: String) -> String { isWatched ? Page(width: width).wrapped(text) : text }
}
