/// Writes CSV: RFC 4180, quoted where needed, but with LF at the ends of lines, as most Unix tools do.
package enum CSV {
    package static var header: String { line(ResultColumn.all.map(\.name)) }

    package static func line(_ row: Row) -> String { line(ResultColumn.all.map { $0.value(row).text }) }

    /// A header row, and a line per row.
    package static func document(_ names: [String], _ rows: [[Value]]) -> String {
        line(names) + rows.map { line($0.map(\.text)) }.joined()
    }

    private static func line(_ fields: [String]) -> String {
        fields.map(quoted).joined(separator: ",") + "\n"
    }

    private static func quoted(_ field: String) -> String {
        let needsQuotes = field.contains { $0 == "," || $0 == "\"" || $0.isNewline }
        return needsQuotes ? "\"" + field.map { $0 == "\"" ? "\"\"" : String($0) }.joined() + "\"" : field
    }
}
