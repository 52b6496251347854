/// Text of other programs and machines, made safe for one line of a message.
enum PlainWords {
    /// The text with control characters as `?`, cut at 300 characters.
    static func of(_ text: some StringProtocol) -> String {
        let words = text.prefix(301).unicodeScalars.map { scalar -> Character in
            let isPlain =
                scalar.value >= 32 && scalar.value != 127 && !(0x80..<0xa0).contains(scalar.value)
                && scalar.properties.generalCategory != .format && scalar.properties.generalCategory != .lineSeparator
                && scalar.properties.generalCategory != .paragraphSeparator
            return isPlain ? Character(scalar) : "?"
        }
        return words.count > 300 ? String(words.prefix(299)) + "…" : String(words)
    }

    /// The last line that is not blank; empty if there is none.
    static func lastLine(_ text: some StringProtocol) -> String {
        let line = text.split(whereSeparator: \.isNewline).last { !$0.allSatisfy(\.isWhitespace) } ?? ""
        return of(line)
    }
}
