internal import ShmCompare
internal import ShmRecord

/// The maps of a grid as tables, for Markdown and for a page.
struct GridMapTables {
    let slice: GridSlice

    /// The best lock at each point. Each lock that is best somewhere has a colour; ties have none.
    var best: Exhibit.Table {
        let hues = slice.grid.lines.filter { !$0.wins.isEmpty }.sorted { $0.wins.count > $1.wins.count }.map(\.lock)
        let rows = slice.rows.indices.map { row in
            [Exhibit.Table.Cell(slice.rows[row])]
                + slice.columns.indices.map { best(slice.point(row: row, column: $0), hues) }
        }
        return Exhibit.Table(
            GridWords.title(best: slice), [corner] + columns, rows,
            isMap: true)
    }

    private func best(_ point: GridPoint?, _ hues: [String]) -> Exhibit.Table.Cell {
        let figure = GridWords.figure(point, in: slice.grid)
        let detail = figure.isEmpty ? nil : figure
        let text = GridWords.best(point)
        switch point?.standing {
        case nil, .nothing: return .init(text, detail: detail, .empty)
        case .best(let lock):
            let hue = hues.firstIndex(of: lock.lock).flatMap { $0 < Exhibit.Table.Tone.hues ? $0 : nil }
            return .init(text, detail: detail, tone: hue.map { .hue($0) } ?? .neutral)
        case .tied, .only: return .init(text, detail: detail, tone: .neutral)
        }
    }

    /// The share of the best that each lock has at each point.
    var shares: Exhibit.Table {
        let axes = [slice.rowTitle, slice.columnTitle].filter { !$0.isEmpty }
        let heads = slice.rows.flatMap { row in
            slice.columns.map { column in
                Exhibit.Table.Column(
                    row.isEmpty ? column : row, detail: row.isEmpty ? nil : column, isNumber: true)
            }
        }
        let rows = slice.grid.lines.map { line in
            [Exhibit.Table.Cell(GridWords.name(line))]
                + slice.rows.indices.flatMap { row in
                    slice.columns.indices.map { share(line.lock, slice.point(row: row, column: $0)) }
                }
        }
        return Exhibit.Table(
            GridWords.title(shares: slice), [.init(axes[0], detail: axes.dropFirst().first)] + heads, rows, isMap: true)
    }

    private func share(_ lock: String, _ point: GridPoint?) -> Exhibit.Table.Cell {
        let text = GridWords.share(lock, at: point)
        guard let point else { return .init(text, .empty) }
        switch point.share(lock) {
        case .success(let share):
            // `<1` is sorted by its number.
            return .init(
                text, number: Double(text) == nil ? share * 100 : nil, detail: GridWords.overload(lock, at: point),
                tone: .step(GridWords.step(share)))
        case .failure(.stuck), .failure(.broken): return .init(text, .bad)
        case .failure: return .init(text, .empty)
        }
    }

    private var columns: [Exhibit.Table.Column] { slice.columns.map { Exhibit.Table.Column($0) } }

    /// The heading of the first column: what the rows and the columns are.
    private var corner: Exhibit.Table.Column {
        slice.rowTitle.isEmpty
            ? .init(slice.columnTitle) : .init("\(slice.rowTitle) ↓", detail: "\(slice.columnTitle) →")
    }

    // MARK: Markdown

    var markdown: String { [best, shares].map(Self.markdown).joined(separator: "\n") }

    private static func markdown(_ table: Exhibit.Table) -> String {
        typealias Item = TableLayout<[Exhibit.Table.Cell]>.Item
        let items = table.columns.enumerated().map { index, column in
            Item([column.title, column.detail].compactMap(\.self).joined(separator: ", "), isNumber: column.isNumber) {
                [$0[index].text, $0[index].detail].compactMap(\.self).joined(separator: ", ")
            }
        }
        return "**\(table.caption)**\n\n\(TableLayout(items: items).markdown(table.rows))\n"
    }
}
