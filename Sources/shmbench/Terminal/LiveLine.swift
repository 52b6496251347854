internal import Glibc
internal import ShmRender
internal import Synchronization

/// The last lines of a terminal, which are redrawn.
enum LiveLine {
    /// Whether stderr is a terminal that can redraw lines.
    static let isPossible = isatty(STDERR_FILENO) == 1 && !Terminal.isDumb

    /// The lengths of the lines that are drawn.
    private static let drawn = Mutex<[Int]>([])

    /// Draws a text in place of what is drawn, cut at a whole word if it is too long.
    static func draw(_ text: String) { draw([text]) }

    /// Draws lines in place of what is drawn, each cut at a whole word if it is too long.
    static func draw(_ lines: [String]) {
        let page = Terminal.errors
        let lines = lines.map { cut(page.plain($0), to: page.width - 1) }
        Terminal.put(erasure(of: replaceDrawn(with: lines.map(\.count)), page) + lines.joined(separator: "\r\n"))
    }

    /// Removes what is drawn.
    static func clear() {
        let lengths = replaceDrawn(with: [])
        if !lengths.isEmpty { Terminal.put(erasure(of: lengths, Terminal.errors)) }
    }

    private static func replaceDrawn(with lengths: [Int]) -> [Int] {
        drawn.withLock { drawn in
            defer { drawn = lengths }
            return drawn
        }
    }

    /// Moves to the start of the first of some lines, and erases them. A terminal that has become narrower has broken them.
    private static func erasure(of lengths: [Int], _ page: Page) -> String {
        let rows = lengths.reduce(0) { $0 + max(1, ($1 + page.width - 1) / page.width) }
        return rows > 1 ? "\r\u{1b}[\(min(rows, Terminal.height) - 1)A\u{1b}[J" : "\r\u{1b}[K"
    }

    /// The words of a text that fit.
    static func cut(_ text: String, to length: Int) -> String {
        if text.count <= length { return text }
        let start = text.prefix(length + 1)
        let end = start.lastIndex(of: " ") ?? start.index(before: start.endIndex)
        return String(start[..<end].reversed().drop { $0 == " " }.reversed())
    }
}
