internal import ShmCoordinator
internal import ShmRecord

extension Markup {
    /// A link that holds a CSV file.
    static func download(_ name: String, _ records: Report.Records) -> Markup {
        if records.rows.isEmpty { return "" }
        let document = CSV.document(records.names, records.rows)
        let rows = counted(records.rows.count, "row")
        guard document.utf8.count <= mostBytes else {
            return "<li>\(name): not embedded, since its \(rows) have more than \(mostBytes / 1_000_000) MB</li>\n"
        }
        return """
            <li><a download="\(name)" href="data:text/csv;charset=utf-8,\(Markup(trusted: encoded(document)))">\(name)</a> \
            (\(rows), \(records.names.count) columns)</li>

            """
    }

    /// The limit of a file, so that a report can be mailed.
    private static let mostBytes = 1_000_000

    /// Percent-encoded for a URL in an attribute.
    private static func encoded(_ text: String) -> String {
        var bytes: [UInt8] = []
        bytes.reserveCapacity(text.utf8.count + text.utf8.count / 16)
        for byte in text.utf8 {
            if plain[Int(byte)] {
                bytes.append(byte)
            } else {
                bytes += [0x25, digits[Int(byte >> 4)], digits[Int(byte & 15)]]
            }
        }
        return String(decoding: bytes, as: UTF8.self)
    }

    private static let digits = Array("0123456789ABCDEF".utf8)
    private static let plain: [Bool] = (UInt8.min...UInt8.max).map { (byte: UInt8) -> Bool in
        let character = Character(UnicodeScalar(byte))
        let isWord = character.isLetter || character.isNumber
        return byte < 0x80 && (isWord || "-_.,:()".utf8.contains(byte))
    }
}
