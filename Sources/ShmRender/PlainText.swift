/// Text in ASCII, for terminals whose locale is not UTF-8.
package enum PlainText {
    private static let replacements: [Character: String] = [
        "±": "+-", "µ": "u", "μ": "u", "×": "x", "…": "...", "→": "->", "▼": "v", "◆": "*", "●": "o", "·": ".",
        "†": "+", "✗": "x", "∞": "inf", "≥": ">=", "≤": "<=", "≈": "~", "↓": "v", "–": "-", "—": "-", "━": "=",
        "─": "-", "│": "|", "┃": "|", "┊": ":", "┤": "+", "└": "+", "┬": "+", "■": "#", "▲": "^", "✕": "@", "✚": "+",
        "✱": "%",
        "█": "#", "²": "2", "³": "3", "’": "'", "“": "\"", "”": "\"", "é": "e", "⚠": "!", "❌": "x", "✅": "ok", "❔": "?",
    ]

    /// A text with the characters that this program writes replaced; those of a user's names are kept.
    package static func of(_ text: String) -> String {
        if text.utf8.allSatisfy({ $0 < 0x80 }) { return text }
        return text.map { replacements[$0] ?? String($0) }.joined()
    }
}
