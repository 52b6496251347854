internal import Glibc
internal import ShmRender
internal import Synchronization

/// The last lines of a terminal, which are redrawn.
enum LiveLine {
    /// Whether stderr is a terminal that can redraw lines.
    static let isPossible = isatty(STDERR_FILENO) == 1 && !Terminal.isDumb

    /// The number of lines that are drawn.
    private static let drawn = Atomic(0)

    /// Draws a text in place of what is drawn, cut at a whole word if it is too long.
    static func draw(_ text: String) { draw([text]) }

    /// Draws lines in place of what is drawn, each cut at a whole word if it is too long.
    static func draw(_ lines: [String]) {
        let page = Terminal.errors
        let text = lines.map { cut(page.plain($0), to: page.width - 1) }.joined(separator: "\r\n")
        Terminal.put(erasure(of: drawn.exchange(lines.count, ordering: .relaxed)) + text)
    }

    /// Removes what is drawn.
    static func clear() {
        let count = drawn.exchange(0, ordering: .relaxed)
        if count > 0 { Terminal.put(erasure(of: count)) }
    }

    /// Moves to the start of the first of some lines, and erases them.
    private static func erasure(of lines: Int) -> String {
        lines > 1 ? "\r\u{1b}[\(lines - 1)A\u{1b}[J" : "\r\u{1b}[K"
    }

    /// The words of a text that fit.
    static func cut(_ text: String, to length: Int) -> String {
        if text.count <= length { return text }
        let start = text.prefix(length + 1)
        let end = start.lastIndex(of: " ") ?? start.index(before: start.endIndex)
        return String(start[..<end].reversed().drop { $0 == " " }.reversed())
    }
}
