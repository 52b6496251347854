internal import ShmRecord

/// The results of a task as far as they are complete: the text of its file up to the last line end.
package struct TaskResults: Sendable {
    /// The file, for messages.
    package let path: String
    /// The header and the complete lines.
    package let text: String
    /// The complete lines after the header.
    package let rows: Int
    /// The columns, in the file's order.
    let columns: [String]
    private let first: [String]
    private let last: [String]

    /// The size limit of a file, bytes.
    private static let longest = 256 << 20

    /// Reads a file.
    ///
    /// - Parameter schema: the only schema that is read.
    /// - Throws: ``Failure`` for a file that has no complete row, or is no such file.
    init(_ path: String, schema: Int) throws {
        self.path = path
        let bytes = try FileTree.bytes(path, atMost: Self.longest)
        guard let end = bytes.lastIndex(of: UInt8(ascii: "\n")) else { throw Failure("\(path) has no complete line") }
        guard let text = String(validating: bytes[...end], as: UTF8.self) else {
            throw Failure("\(path) is not UTF-8 text")
        }
        self.text = text
        rows = bytes[...end].count { $0 == UInt8(ascii: "\n") } - 1
        if rows < 1 { throw Failure("\(path) has no rows") }
        func fields(_ line: some Sequence<UInt8>) throws -> [String] {
            try CSVLines(String(decoding: Array(line) + [UInt8(ascii: "\n")], as: UTF8.self), path: path).records.first?
                .fields ?? []
        }
        let body = bytes[..<end]
        let header = body.prefix { $0 != UInt8(ascii: "\n") }
        columns = try fields(header)
        // Quoted line ends are no line's end: such a row is read by the reader of the report.
        first = (try? fields(body[(header.endIndex + 1)...].prefix { $0 != UInt8(ascii: "\n") })) ?? []
        let tail = body.lastIndex(of: UInt8(ascii: "\n")).map { body[($0 + 1)...] } ?? body
        last = (try? fields(tail)) ?? []
        if let found = values("schema").first(where: { $0 != "\(schema)" }) {
            throw Failure("\(path) has schema \(PlainWords.of(found)), and this shmbench reads schema \(schema)")
        }
        if columns.first != "schema" && !columns.contains("schema") {
            throw Failure("\(path) has no column `schema`: it is no results file of shmbench")
        }
    }

    /// Whether any row has a value in a column.
    func has(_ value: String, in column: String) -> Bool {
        guard let index = columns.firstIndex(of: column), let lines = try? CSVLines(text, path: path).records else {
            return false
        }
        return lines.dropFirst().contains { $0.fields.count > index && $0.fields[index] == value }
    }

    /// The values of a column in the first and the last row.
    func values(_ column: String) -> [String] {
        guard let index = columns.firstIndex(of: column) else { return [] }
        return [first, last].filter { $0.count == columns.count }.map { PlainWords.of($0[index]) }.uniqued()
    }
}
