internal import Glibc
internal import ShmRecord
internal import ShmRender
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

    /// A report in a format; a person's tables in colour where that is wanted.
    static func show(_ report: Report, _ format: OutputFormat) throws {
        let text = format.renderer.render(report, for: page)
        try show(format == .table ? Colour.paint(text) : text)
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

    /// The page of a document: as wide as the terminal, 80 columns where stdout is none.
    static let page: Page = {
        var size = winsize()
        let known = unsafe ioctl(STDOUT_FILENO, UInt(TIOCGWINSZ), &size) == 0 && size.ws_col > 0
        return Page(width: known ? Int(size.ws_col) : 80)
    }()

    /// Sentences for a person who watches: as wide as the terminal, and whole where there is none.
    static func told(_ text: String) -> String { isWatched ? Page(width: width).wrapped(text) : text }
}
