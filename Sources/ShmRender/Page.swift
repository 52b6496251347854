/// The layout of a document for people.
package struct Page {
    /// The width in columns.
    package var width: Int
    /// Whether sentences are broken into lines.
    package var breaksSentences: Bool

    package init(width: Int = 80, breaksSentences: Bool = true) {
        self.width = width
        self.breaksSentences = breaksSentences
    }

    /// A page for programs, with a sentence per line.
    package static let unbroken = Page(breaksSentences: false)

    /// Breaks a sentence into lines of at most 80 columns, or of the page's width if that is less, and indents all but the
    /// first.
    package func wrapped(_ text: String) -> String {
        if !breaksSentences { return text }
        let limit = max(40, min(80, width))
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

    /// Breaks a text after a heading into lines with a hanging indent.
    package func hanging(_ head: String, _ text: String) -> String {
        let limit = max(head.count + 20, min(100, width))
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
}
