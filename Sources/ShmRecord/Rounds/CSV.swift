/// RFC 4180: comma-separated, quoted where needed, CRLF-free lines as most Unix tools write them.
package enum CSV {
    package static var header: String { line(ResultColumn.all.map(\.name)) }

    package static func line(_ row: Row) -> String { line(ResultColumn.all.map { $0.value(row).text }) }

    /// Any columns: their names, and a line for each row.
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
