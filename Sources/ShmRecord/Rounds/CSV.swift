/// Writes CSV: RFC 4180, quoted where needed, but with LF at the ends of lines, as most Unix tools do.
package enum CSV {
    package static var header: String { line(ResultColumn.all.map(\.name)) }

    package static func line(_ row: Row) -> String { line(ResultColumn.all.map { $0.value(row).text }) }

    /// A header row, and a line per row.
    package static func document(_ names: [String], _ rows: [[Value]]) -> String {
        var text = line(names)
        for row in rows { append(row.lazy.map(\.text), to: &text) }
        return text
    }

    private static func line(_ fields: [String]) -> String {
        var text = ""
        append(fields, to: &text)
        return text
    }

    private static func append(_ fields: some Sequence<String>, to text: inout String) {
        var isFirst = true
        for field in fields {
            if !isFirst { text += "," }
            isFirst = false
            text += needsQuotes(field) ? quoted(field) : field
        }
        text += "\n"
    }

    private static func quoted(_ field: String) -> String {
        var bytes: [UInt8] = [UInt8(ascii: "\"")]
        for byte in field.utf8 {
            if byte == UInt8(ascii: "\"") { bytes.append(byte) }
            bytes.append(byte)
        }
        bytes.append(UInt8(ascii: "\""))
        return String(decoding: bytes, as: UTF8.self)
    }

    /// Bytes decide: a comma with a combining mark is one character, and a comma for every reader.
    private static func needsQuotes(_ field: String) -> Bool {
        let hasSpecial = field.utf8.contains { byte in
            byte == UInt8(ascii: ",") || byte == UInt8(ascii: "\"") || (0x0A...0x0D).contains(byte)
        }
        // The line ends of Unicode.
        return hasSpecial || field.utf8.contains { $0 >= 0x80 } && field.contains(where: \.isNewline)
    }
}
