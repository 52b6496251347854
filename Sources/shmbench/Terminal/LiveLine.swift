internal import Glibc
internal import ShmRender
internal import Synchronization

/// The last line of a terminal, which is redrawn.
enum LiveLine {
    /// Whether stderr is a terminal that can redraw a line.
    static let isPossible = isatty(STDERR_FILENO) == 1 && !Terminal.isDumb

    private static let isDrawn = Atomic(false)

    /// Draws a text in place of the line, cut at a whole word if it is too long.
    static func draw(_ text: String) {
        let page = Terminal.errors
        isDrawn.store(true, ordering: .relaxed)
        Terminal.put("\r\u{1b}[K" + cut(page.plain(text), to: page.width - 1))
    }

    /// Removes the line.
    static func clear() {
        if isDrawn.exchange(false, ordering: .relaxed) { Terminal.put("\r\u{1b}[K") }
    }

    /// The words of a text that fit.
    static func cut(_ text: String, to length: Int) -> String {
        if text.count <= length { return text }
        let start = text.prefix(length + 1)
        let end = start.lastIndex(of: " ") ?? start.index(before: start.endIndex)
        return String(start[..<end].reversed().drop { $0 == " " }.reversed())
    }
}
