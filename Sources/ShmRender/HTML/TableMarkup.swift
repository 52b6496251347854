internal import ShmRecord

extension Markup {
    /// A table that scrolls on its own where it is wider than the page.
    ///
    /// - Parameters:
    ///   - section: the section, of which the caption names the subject.
    ///   - id: the name of its caption in the page.
    static func table(_ table: Exhibit.Table, of section: Exhibit.Section, id: String) -> Markup {
        let head = table.columns.map { column -> Markup in
            let name: Markup =
                column.meaning.map { "<abbr title=\"\($0)\">\(column.title)</abbr>" } ?? "\(column.title)"
            let detail: Markup = column.detail.map { "<small>\($0)</small>" } ?? ""
            return "<th scope=\"col\"\(numeric(column))>\(name)\(detail)</th>"
        }.joined()
        let rows = table.rows.map { row -> Markup in
            "<tr>\(zip(table.columns, row).enumerated().map { cell($1.1, $1.0, isFirst: $0 == 0) }.joined())</tr>\n"
        }.joined()
        let classes = [table.isMap ? "map" : "", table.columns.count > Self.many ? "wide" : ""].filter { !$0.isEmpty }
        let map: Markup = classes.isEmpty ? "" : " class=\"\(classes.joined(separator: " "))\""
        return """
            <div class="scroll" role="region" tabindex="0" aria-labelledby="\(id)"><table\(map)>
            <caption id="\(id)">\(.sentence(section.headed(table.caption)))</caption>
            <thead><tr>\(head)</tr></thead>
            <tbody>
            \(rows)</tbody></table></div>

            """
    }

    private static func cell(_ cell: Exhibit.Table.Cell, _ column: Exhibit.Table.Column, isFirst: Bool) -> Markup {
        let detail: Markup = cell.detail.map { "<small>\($0)</small>" } ?? ""
        if isFirst { return "<th scope=\"row\">\(cell.text)\(detail)</th>" }
        let mark: Markup = cell.mark.map { " data-mark=\"\($0.rawValue)\"" } ?? ""
        let tone: Markup = cell.tone.map { " data-tone=\"\($0.name)\"" } ?? ""
        let width: Markup = cell.text.count > longest ? " class=\"long\"" : numeric(column)
        let number: Markup = column.isNumber ? value(cell) : ""
        return "<td\(width)\(mark)\(tone)\(number)>\(cell.text)\(detail)</td>"
    }

    /// The number of the cell, if what the cell shows is not the number: a detail follows the text.
    private static func value(_ cell: Exhibit.Table.Cell) -> Markup {
        let shown = Double(cell.text)
        guard let number = cell.number ?? shown, number.isFinite else { return "" }
        if cell.detail == nil && shown == number { return "" }
        return " data-value=\"\(number.description)\""
    }

    /// The number of columns that fit a sheet of paper.
    private static let many = 9

    /// The number of characters from which a cell is broken into lines.
    private static let longest = 36

    private static func numeric(_ column: Exhibit.Table.Column) -> Markup { column.isNumber ? " class=\"n\"" : "" }
}
