internal import ShmCompare
internal import ShmCoordinator
internal import ShmRecord

/// The maps of a grid for a terminal: the best lock at each point, and the share of the best that each lock has. What is
/// wider than the page continues below.
struct GridMapText {
    let slice: GridSlice
    let page: Page

    /// The number of locks that the map of shares has.
    private static let mostLines = 16

    var text: String { best + "\n" + shares }

    /// A column of a map: its head, the lines of each cell, and whether it begins a group.
    private struct Column {
        let head: String
        let cells: [[String]]
        var isFirst = true

        var width: Int { max(head.count, cells.joined().map(\.count).max() ?? 0) }
    }

    /// Columns that fit the page side by side.
    private func bands(_ columns: [Column], room: Int) -> [ArraySlice<Column>] {
        var (bands, start, used): ([ArraySlice<Column>], Int, Int) = ([], 0, 0)
        for (index, column) in columns.enumerated() {
            let width = column.width + (column.isFirst ? 2 : 1)
            if index > start && used + width > room {
                bands.append(columns[start..<index])
                (start, used) = (index, 0)
            }
            used += width
        }
        return bands + [columns[start...]]
    }

    private var isBroken: Bool { page.isTerminal }

    private func room(beside stub: Int) -> Int { isBroken ? page.width - stub : 100 - stub }

    // MARK: The best lock

    private var best: String {
        let columns = slice.columns.indices.map { column in
            Column(
                head: page.plain(slice.columns[column]),
                cells: slice.rows.indices.map { lines(slice.point(row: $0, column: column)) })
        }
        let labels = [slice.rowTitle] + slice.rows
        let stub = labels.map { page.plain($0).count }.max() ?? 0
        return page.wrapped(GridWords.title(best: slice)) + "\n"
            + bands(columns, room: room(beside: stub)).map { table($0, stub: stub) }.joined(separator: "\n")
    }

    /// The names of the locks that tie, and their figure, below each other.
    private func lines(_ point: GridPoint?) -> [String] {
        let names = GridWords.best(point).replacing(" ≈ ", with: "\n≈ ").split(separator: "\n").map(String.init)
        let figure = GridWords.figure(point, in: slice.grid)
        return (names + (figure.isEmpty ? [] : [figure])).map(page.plain)
    }

    private func table(_ columns: ArraySlice<Column>, stub: Int) -> String {
        func line(_ first: String, _ cells: [String]) -> String {
            Self.line(
                page.plain(first).padded(to: stub)
                    + zip(cells, columns).map { "  " + $0.padded(to: $1.width) }.joined())
        }
        let rows = slice.rows.enumerated().map { row, label in
            let height = columns.map { $0.cells[row].count }.max() ?? 0
            return (0..<height).map { number in
                line(
                    number == 0 ? label : "",
                    columns.map { number < $0.cells[row].count ? $0.cells[row][number] : "" })
            }.joined()
        }
        return Self.line("".padded(to: stub) + "  " + page.plain(slice.columnTitle))
            + line(slice.rowTitle, columns.map(\.head)) + rows.joined()
    }

    // MARK: Shares

    private var shares: String {
        let locks = shown
        let names = locks.map { page.plain(GridWords.name($0)) }
        let labels = names + [slice.rowTitle, slice.columnTitle].map(page.plain)
        let stub = labels.map(\.count).max() ?? 0
        let count = slice.columns.count
        // A group has room for its head.
        let least = slice.rows.map { (page.plain($0).count + count) / count - 1 }.max() ?? 0
        let columns = slice.rows.indices.flatMap { row in
            slice.columns.indices.map { column in
                let point = slice.point(row: row, column: column)
                return Column(
                    head: Self.right(page.plain(slice.columns[column]) + mark(nil), least),
                    cells: locks.map { [Self.right(cell($0.lock, point), least)] }, isFirst: column == 0)
            }
        }
        let bands = bands(columns, room: room(beside: stub))
        var start = 0
        let tables = bands.map { band -> String in
            defer { start += band.count }
            return table(band, names: names, stub: stub, from: start)
        }
        let hidden = slice.grid.lines.count - locks.count
        let rest = hidden == 0 ? "" : page.wrapped("\(counted(hidden, "more lock")): in the other formats.") + "\n"
        return page.wrapped(GridWords.title(shares: slice)) + "\n" + tables.joined(separator: "\n") + rest
    }

    /// A share and its bar.
    private func cell(_ lock: String, _ point: GridPoint?) -> String {
        let share = point.flatMap { try? $0.share(lock).get() }
        let overload = share == nil ? nil : point?.overload(lock).map { "over \($0.rounds)/\($0.all) " }
        return page.plain((overload ?? "") + GridWords.share(lock, at: point)) + mark(share)
    }

    /// A bar as high as the share; a blank without one, and nothing on a page without such characters.
    private func mark(_ share: Double?) -> String {
        if page.isASCII { return "" }
        return share.map { ["▁", "▂", "▃", "▅", "▆", "█"][GridWords.step($0)] } ?? " "
    }

    private func table(_ columns: ArraySlice<Column>, names: [String], stub: Int, from start: Int) -> String {
        func line(_ first: String, _ cell: (Column) -> String) -> String {
            Self.line(
                page.plain(first).padded(to: stub)
                    + columns.map { ($0.isFirst ? "  " : " ") + Self.right(cell($0), $0.width) }.joined())
        }
        // The head of a group stands above its columns, also where a group continues below.
        var heads = ""
        for (index, column) in columns.enumerated() {
            let number = start + index
            if column.isFirst || index == 0 {
                heads = heads.padded(to: width(columns.prefix(index)))
                heads += (column.isFirst ? "  " : " ") + page.plain(slice.rows[number / slice.columns.count])
            }
        }
        let top = slice.rowTitle.isEmpty ? "" : Self.line(page.plain(slice.rowTitle).padded(to: stub) + heads)
        return top + line(slice.columnTitle) { $0.head }
            + names.enumerated().map { index, name in line(name) { $0.cells[index][0] } }.joined()
    }

    private func width(_ columns: ArraySlice<Column>) -> Int {
        columns.reduce(0) { $0 + $1.width + ($1.isFirst ? 2 : 1) }
    }

    /// The locks that the map has: of many those that are best somewhere, and those with the highest least share.
    private var shown: [GridLine] {
        let lines = slice.grid.lines
        if lines.count <= Self.mostLines { return lines }
        let first = lines.filter { !$0.wins.isEmpty }.map(\.lock) + lines.filter(\.excludes).map(\.lock)
        let names = Set(first.uniqued().prefix(Self.mostLines))
        return lines.filter { names.contains($0.lock) }
    }

    private static func right(_ text: String, _ width: Int) -> String {
        String(repeating: " ", count: max(0, width - text.count)) + text
    }

    private static func line(_ text: String) -> String { TableLayout<Void>.trimmed(text) + "\n" }
}
