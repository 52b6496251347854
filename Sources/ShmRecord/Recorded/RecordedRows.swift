internal import ShmCoordinator

/// The rows of a results file of any command but `run`: each value is of the type of its field.
package struct RecordedRows {
    /// A row and its place in the file.
    package struct Row {
        /// The file and the line, for messages.
        package let place: String
        fileprivate let values: [String: Value]

        package subscript(_ column: String) -> Value { values[column] ?? .empty }

        package func text(_ column: String) -> String { self[column].text }

        /// A whole number; 0 if the cell is empty.
        package func count(_ column: String) -> Int {
            if case .integer(let number) = self[column] { number } else { 0 }
        }

        /// A whole number that may be missing.
        package func time(_ column: String) -> UInt64? {
            if case .integer(let number) = self[column] { UInt64(number) } else { nil }
        }

        package func isTrue(_ column: String) -> Bool { self[column] == .boolean(true) }

        /// An error in a column.
        package func invalid(_ column: String, expected: String) -> Failure {
            let failure = Failure.invalid(text(column), for: "column `\(column)`", expected: expected)
            return Failure("\(place): \(failure.message)", code: .usage)
        }
    }

    /// The name of the file in messages.
    package let path: String
    /// The columns of this version that the file has, in its order.
    package let columns: [String]
    /// Columns that this version does not know.
    package let unknownColumns: [String]
    package let rows: [Row]

    /// Parses a file.
    ///
    /// - Parameters:
    ///   - fields: the columns of the document.
    ///   - schema: the number of its schema.
    ///   - command: the command that writes such files.
    package init<Subject>(
        _ text: String, path: String, _ fields: [Field<Subject>], schema: Int, of command: String
    ) throws {
        func mistake(_ place: String, _ what: String) -> Failure { Failure("\(place): \(what)", code: .usage) }
        let lines = try CSVLines(text, path: path)
        let names = lines.records.first?.fields ?? []
        let known = Dictionary(uniqueKeysWithValues: fields.map { ($0.name, $0) })
        for name in fields.names(.present) where !names.contains(name) && !Self.later.contains(name) {
            throw mistake(
                "\(path):1",
                "no column `\(name)`: expected the columns of schema \(schema), as `shmbench \(command)` writes them")
        }
        if let twice = names.first(where: { name in names.count { $0 == name } > 1 }) {
            throw mistake("\(path):1", "two columns `\(twice)`: expected each column once")
        }
        rows = try lines.records.dropFirst().map { line in
            let place = "\(path):\(line.number)"
            guard line.fields.count == names.count else {
                throw mistake(
                    place,
                    "the line has \(counted(line.fields.count, "field")): expected \(names.count), one per column; it is truncated or damaged"
                )
            }
            var values: [String: Value] = [:]
            for (name, text) in zip(names, line.fields) {
                guard let field = known[name] else { continue }
                guard let value = Value(text, field.kind) else {
                    let failure = Failure.invalid(text, for: "column `\(name)`", expected: field.kind.expected)
                    throw mistake(place, failure.message)
                }
                values[name] = value
            }
            let row = Row(place: place, values: values)
            if row.text("schema") != "\(schema)" { throw row.invalid("schema", expected: "\(schema)") }
            return row
        }
        if rows.isEmpty {
            throw Failure("\(path) has no rows: expected at least one; nothing was tested", code: .usage)
        }
        self.path = path
        columns = names.filter { known[$0] != nil }
        unknownColumns = names.filter { known[$0] == nil }
    }

    /// Columns that were added to schema 1 after its first version.
    private static let later: Set<String> = ["discarded_trials", "discarded_episodes"]

    /// The values of all rows, under the columns of this version: what an older file lacks is empty.
    package func values(_ names: [String]) -> [[Value]] { rows.map { row in names.map { row[$0] } } }
}

extension FieldKind {
    /// What a cell may contain, in words.
    fileprivate var expected: String {
        switch self {
        case .text, .list: "text"
        case .count: "a whole number from 0 to 10^15, or nothing"
        case .number: "a number from 0 to 10^15, or nothing"
        case .boolean: "yes, no, or nothing"
        case .words(let words): "one of \(words.joined(separator: ", "))"
        }
    }
}

extension Value {
    /// The largest number, so that sums over rows do not overflow.
    private static let most = 1_000_000_000_000_000

    /// The value of a cell of a file; `nil` if it is not of the type.
    fileprivate init?(_ text: String, _ kind: FieldKind) {
        if text.isEmpty {
            self = .empty
            return
        }
        switch kind {
        case .text: self = .text(text)
        case .words(let words):
            guard words.contains(text) else { return nil }
            self = .text(text)
        case .list: self = .list(text.split(separator: " ").map { .text(String($0)) })
        case .boolean:
            guard text == "yes" || text == "no" else { return nil }
            self = .boolean(text == "yes")
        case .count:
            guard let number = Int(text), (0...Self.most).contains(number) else { return nil }
            self = .integer(number)
        case .number:
            guard let number = Double(text), (0...Double(Self.most)).contains(number) else { return nil }
            self = .decimal(number, text.split(separator: ".").dropFirst().first?.count ?? 0)
        }
    }
}
