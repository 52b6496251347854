/// The layout of a document for people.
package struct Page {
    /// The width in columns.
    package var width: Int
    /// Whether no line may be longer than the width, because a terminal would break it anywhere.
    package var isTerminal: Bool
    /// Whether only ASCII can be shown.
    package var isASCII: Bool
    /// Whether sentences are broken into lines.
    package var breaksSentences: Bool
    /// Whether tables are followed by plots.
    package var hasPlots = false

    package init(
        width: Int = 80, isTerminal: Bool = false, isASCII: Bool = false, breaksSentences: Bool = true
    ) {
        self.width = width
        self.isTerminal = isTerminal
        self.isASCII = isASCII
        self.breaksSentences = breaksSentences
    }

    /// A page for programs, with a sentence per line.
    package static let unbroken = Page(breaksSentences: false)

    /// The text in the characters that can be shown.
    package func plain(_ text: String) -> String { isASCII ? PlainText.of(text) : text }

    /// The length of the lines of sentences: 80 columns, or the page's width if that is less.
    private var measure: Int { max(40, min(80, width)) }

    /// Breaks a sentence into lines that fit the page, at most 80 columns, and indents all but the first.
    package func wrapped(_ text: String) -> String {
        if !breaksSentences { return text }
        return Self.folded(plain(text), to: measure, indent: "  ", breaksWords: isTerminal).joined(separator: "\n")
    }

    /// Breaks each line of a text that is longer than the page. The other lines stay as they are.
    package func fitted(_ text: String) -> String {
        if !isTerminal { return plain(text) }
        return plain(text).split(separator: "\n", omittingEmptySubsequences: false).map { line in
            if line.count <= width { return String(line) }
            let margin = String(line.prefix { $0 == " " })
            return margin
                + Self.folded(
                    String(line.dropFirst(margin.count)), to: width - margin.count, indent: "  ", breaksWords: true
                )
                .joined(separator: "\n\(margin)")
        }.joined(separator: "\n")
    }

    /// Breaks a text after a heading into lines with a hanging indent.
    package func hanging(_ head: String, _ text: String) -> String {
        let head = plain(head)
        let room = max(20, min(100, width) - head.count)
        let lines = Self.folded(plain(text), to: room, breaksWords: isTerminal)
        return head + lines.joined(separator: "\n" + String(repeating: " ", count: head.count)) + "\n"
    }

    /// Breaks a text between words into lines of a length.
    ///
    /// - Parameters:
    ///   - indent: what all lines but the first begin with.
    ///   - breaksWords: whether a word that is longer than a line is broken, too.
    package static func folded(_ text: String, to length: Int, indent: String = "", breaksWords: Bool) -> [String] {
        var lines: [String] = []
        var line = ""
        for word in text.split(separator: " ") {
            if !line.isEmpty && line.count + 1 + word.count > length {
                lines.append(line)
                line = indent + word
            } else {
                line += line.isEmpty ? String(word) : " \(word)"
            }
            while breaksWords && line.count > length {
                lines.append(String(line.prefix(length)))
                line = indent + line.dropFirst(length)
            }
        }
        return lines + [line]
    }
}
