/// What a document for a person is laid out for.
package struct Page {
    /// Columns of the terminal, or of the file that a person may look at.
    package var width: Int

    package init(
        width: Int = 80
    ) {
        self.width = width
    }

    /// A sentence broken into lines of at most 80 columns, or of the page's where that is narrower; lines after the first
    /// are indented.
    package func wrapped(_ text: String) -> String {
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

    /// A text behind a head, broken into lines that begin below its beginning.
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
