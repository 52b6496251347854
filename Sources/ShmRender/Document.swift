package import ShmRecord
internal import TextTable

/// A table of rows, for people.
package struct Document<Row>: Sendable {
    /// A column: its heading, and a text per row.
    package struct Item: Sendable {
        package let title: String
        package let isNumber: Bool
        package let shown: @Sendable (Row) -> String

        package init(_ title: String, isNumber: Bool = false, _ shown: @escaping @Sendable (Row) -> String) {
            self.title = title
            self.isNumber = isNumber
            self.shown = shown
        }

        /// The column of a field.
        ///
        /// - Parameter shown: the text; the default is that of the field.
        package init(
            _ field: Field<Row>, title: String? = nil, _ shown: (@Sendable (Row) -> String)? = nil
        ) {
            self.init(title ?? field.title, isNumber: field.kind.isNumeric, shown ?? { field.shown($0) })
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

    private func text(_ rows: [Row], style: (some TextTableStyle).Type) -> String {
        let table = TextTable<Row> { row in
            items.map { Column(title: $0.title, value: $0.shown(row), align: $0.isNumber ? .right : .left) }
        }
        return table.string(for: rows, style: style) ?? ""
    }
}
