package import ShmRecord
internal import TextTable

/// A table of rows, for people.
package struct TableLayout<Row>: Sendable {
    /// A column: its heading, and a text per row.
    package struct Item: Sendable {
        package let title: String
        package let isNumber: Bool
        package let shown: @Sendable (Row) -> String
        /// The number behind the text; `nil` if there is none.
        package let number: @Sendable (Row) -> Double?

        package init(
            _ title: String, isNumber: Bool = false, number: @escaping @Sendable (Row) -> Double? = { _ in nil },
            _ shown: @escaping @Sendable (Row) -> String
        ) {
            self.title = title
            self.isNumber = isNumber
            self.shown = shown
            self.number = number
        }

        /// A column of a number that may not have been measured.
        package init(
            _ title: String, number: @escaping @Sendable (Row) -> Double?,
            or missing: String, _ words: @escaping @Sendable (Double) -> String
        ) {
            self.init(title, isNumber: true, number: number) { number($0).map(words) ?? missing }
        }

        /// The column of a field.
        ///
        /// - Parameter shown: the text; the default is that of the field.
        package init(
            _ field: Field<Row>, title: String? = nil, _ shown: (@Sendable (Row) -> String)? = nil
        ) {
            let number: @Sendable (Row) -> Double? = { field.value($0).number }
            self.init(
                title ?? field.title, isNumber: field.kind.isNumeric, number: number, shown ?? { field.shown($0) })
        }
    }

    package let items: [Item]
    /// The titles of columns that a narrow terminal leaves out, the least important first.
    package let expendable: [String]

    package init(
        items: [Item], expendable: [String] = []
    ) {
        self.items = items
        self.expendable = expendable
    }

    /// Aligned columns of text, without trailing blanks.
    package func table(_ rows: [Row]) -> String { table(rows, for: Page()) }

    /// The text without trailing blanks on its lines.
    package static func trimmed(_ text: String) -> String {
        text.split(separator: "\n", omittingEmptySubsequences: false)
            .map { line in line.reversed().drop { $0 == " " }.reversed().map(String.init).joined() }
            .joined(separator: "\n")
    }

    /// A table in GitHub's Markdown.
    package func markdown(_ rows: [Row]) -> String { grid(rows).text(Style.pipe) }

    /// Aligned columns of text, without trailing blanks. On a terminal that is too narrow, the least important columns are
    /// left out, and long cells are folded.
    package func table(_ rows: [Row], for page: Page) -> String { Self.trimmed(fitted(rows, page).text(Style.simple)) }

    /// The titles of the columns that ``table(_:for:)`` has room for: a legend explains only these.
    package func titles(_ rows: [Row], for page: Page) -> [String] {
        let shown = Set(fitted(rows, page).stripes.map(\.title))
        return items.map(\.title).filter { shown.contains(page.plain($0)) }
    }

    private func fitted(_ rows: [Row], _ page: Page) -> Grid {
        var grid = grid(rows, page)
        if page.isTerminal {
            grid.drop(expendable.map(page.plain), to: page.width)
            grid.fold(to: page.width, breaksWords: true)
            grid.cut(to: page.width)
        }
        return grid
    }

    private func grid(_ rows: [Row], _ page: Page = Page()) -> Grid {
        Grid(
            items.map { item in
                Grid.Stripe(
                    title: page.plain(item.title), isNumber: item.isNumber,
                    cells: rows.map { page.plain(item.shown($0)) })
            })
    }
}
