/// The rows of a CSV text with line numbers.
package struct CSVLines {
    package struct Line {
        package let number: Int
        package var fields: [String]

        package init(
            number: Int, fields: [String]
        ) {
            self.number = number
            self.fields = fields
        }
    }

    package private(set) var records: [Line] = []

    package init(_ text: String, path: String) throws {
        var scanner = CSVScanner(Array(text.utf8), path: path)
        while let row = try scanner.next() {
            let cells = row.first..<row.first + row.count
            records.append(Line(number: row.line, fields: cells.map(scanner.text)))
        }
    }
}
