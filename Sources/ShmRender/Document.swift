package import ShmRecord
internal import TextTable

/// A table of rows, in every form that the program writes.
package struct Document<Row>: Sendable {
    /// A column: title and text for people, name and value for programs.
    package struct Item: Sendable {
        package let title: String
        package let name: String
        package let isNumber: Bool
        package let shown: @Sendable (Row) -> String
        package let value: @Sendable (Row) -> Value

        package init(
            _ title: String, _ name: String, isNumber: Bool = false, shown: @escaping @Sendable (Row) -> String,
            value: @escaping @Sendable (Row) -> Value
        ) {
            self.title = title
            self.name = name
            self.isNumber = isNumber
            self.shown = shown
            self.value = value
        }

        /// A column with one text for people and programs.
        package init(_ title: String, _ name: String, _ text: @escaping @Sendable (Row) -> String) {
            self.init(title, name, shown: text, value: { .text(text($0)) })
        }
    }

    package let items: [Item]

    package init(
        items: [Item]
    ) {
        self.items = items
    }

    /// Aligned columns of text, without trailing blanks.
    package func table(_ rows: [Row]) -> String { Self.trimmed(text(rows, style: Style.simple)) }

    /// The text without trailing blanks on its lines.
    package static func trimmed(_ text: String) -> String {
        text.split(separator: "\n", omittingEmptySubsequences: false)
            .map { line in line.reversed().drop { $0 == " " }.reversed().map(String.init).joined() }
            .joined(separator: "\n")
    }

    /// A table in GitHub's Markdown.
    package func markdown(_ rows: [Row]) -> String { text(rows, style: Style.pipe) }

    /// The rows for programs.
    package func records(_ rows: [Row]) -> Report.Records { Report.Records(items.map(\.name), values(rows)) }

    private func values(_ rows: [Row]) -> [[Value]] { rows.map { row in items.map { $0.value(row) } } }

    private func text(_ rows: [Row], style: (some TextTableStyle).Type) -> String {
        let table = TextTable<Row> { row in
            items.map { Column(title: $0.title, value: $0.shown(row), align: $0.isNumber ? .right : .left) }
        }
        return table.string(for: rows, style: style) ?? ""
    }
}
