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
    ///
    /// - Parameter hasPlots: whether tables are followed by plots.
    static func show(_ report: Report, _ format: OutputFormat, hasPlots: Bool = false) throws {
        var page = page
        page.hasPlots = hasPlots
        let text = format.renderer.render(report, for: page)
        // Documents for programs are UTF-8, and as wide as they are.
        try show(format == .table ? Colour.paint(page.fitted(text)) : text)
    }

    /// Prints an error: one line with the cause and the remedy.
    static func complain(_ message: String) { write("shmbench: \(message)\n") }

    /// Prints a warning.
    static func warn(_ text: String) { write("warning: \(text)\n") }

    /// Prints text on stderr, below a progress line if there is one.
    static func write(_ text: String) {
        LiveLine.clear()
        put(errors.fitted(text))
    }

    /// Writes on stderr as it is.
    static func put(_ text: String) {
        let bytes = Array(text.utf8)
        _ = unsafe bytes.withUnsafeBytes { unsafe Glibc.write(STDERR_FILENO, $0.baseAddress, $0.count) }
    }

    /// The page of a document: as wide as the terminal, or 80 columns if stdout is not one.
    static let page = page(STDOUT_FILENO)

    /// The page of everything else. A terminal can change its width.
    static var errors: Page { page(STDERR_FILENO) }

    /// The lines of the terminal of stderr; 24 if it does not tell.
    static var height: Int { size(STDERR_FILENO).map { Int($0.ws_row) }.flatMap { $0 > 0 ? $0 : nil } ?? 24 }

    private static func page(_ stream: Int32) -> Page {
        let width = size(stream).map { Int($0.ws_col) } ?? 80
        return Page(width: width, isTerminal: isatty(stream) == 1, isASCII: Locale.isASCII)
    }

    /// The size of a stream's terminal; `nil` if it has none, or none that is known.
    private static func size(_ stream: Int32) -> winsize? {
        var size = winsize()
        return unsafe ioctl(stream, UInt(TIOCGWINSZ), &size) == 0 && size.ws_col > 0 ? size : nil
    }

    /// Whether the terminal has no cursor to move and no colours, as in an editor's shell.
    static let isDumb = unsafe getenv("TERM").map { unsafe String(cString: $0) == "dumb" } ?? true
}
