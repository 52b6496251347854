internal import Glibc

/// Colours for tables on a terminal; none in a file, with NO_COLOR (no-color.org) or on a dumb terminal.
enum Colour {
    static let isWanted: Bool = {
        let asked = unsafe getenv("NO_COLOR").map { unsafe $0.pointee != 0 } ?? false
        return isatty(STDOUT_FILENO) == 1 && !asked && !Terminal.isDumb
    }()

    private static let bad = [
        "FAILED", "STUCK", "SLOWER", "LESS FAIR", "ALLOCATES", "WORSE", "BROKEN", "REGRESSION", "NOT JUDGED",
    ]

    /// A table in colour: failures in red, survivors in green, the cliff in yellow, rules faint.
    static func paint(_ table: String, isWanted: Bool = isWanted) -> String {
        if !isWanted { return table }
        return table.split(separator: "\n", omittingEmptySubsequences: false).map { line in
            if bad.contains(where: line.contains) { return "\u{1b}[31m\(line)\u{1b}[0m" }
            if line.hasPrefix("---") { return "\u{1b}[2m\(line)\u{1b}[0m" }
            if line.contains("▼") { return "\u{1b}[33m\(line)\u{1b}[0m" }
            if line.contains(" yes ") || line.hasSuffix(" faster") || line.hasSuffix(" fairer") {
                return "\u{1b}[32m\(line)\u{1b}[0m"
            }
            return String(line)
        }.joined(separator: "\n")
    }
}
