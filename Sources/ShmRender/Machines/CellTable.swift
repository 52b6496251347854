/// A table whose texts are made before it is laid out.
struct CellTable {
    /// A heading, and a text per row.
    struct Column {
        let title: String
        var isNumber = false
        let texts: [String]

        /// The characters of its widest text.
        var width: Int { max(title.count, texts.map(\.count).max() ?? 0) }
    }

    let columns: [Column]
    /// The titles of columns that a narrow terminal leaves out.
    var expendable: [String] = []

    private var layout: TableLayout<[String]> {
        TableLayout(
            items: columns.enumerated().map { index, column in
                TableLayout<[String]>.Item(column.title, isNumber: column.isNumber) { $0[index] }
            }, expendable: expendable)
    }

    private var rows: [[String]] {
        (columns.first?.texts.indices ?? 0..<0).map { row in columns.map { $0.texts[row] } }
    }

    /// The characters of its lines, with a blank between columns.
    var width: Int { columns.map { $0.width + 1 }.reduce(-1, +) }

    func text(_ page: Page) -> String { layout.table(rows, for: page) }

    /// The text of a table with lists, which continue in the next line where they are longer than the page.
    func folded(_ page: Page) -> String {
        var narrow = page
        narrow.isTerminal = true
        return text(narrow)
    }

    var markdown: String { layout.markdown(rows) }

    func exhibit(_ caption: String) -> Exhibit.Table { layout.exhibit(caption, rows) }
}
