internal import TextTable

/// The cells of a table as text, fitted to the width of a page.
struct Grid {
    /// A column: its title, and a text per row.
    struct Stripe {
        let title: String
        let isNumber: Bool
        var cells: [String]

        var width: Int { max(title.count, cells.map(\.count).max() ?? 0) }
    }

    private(set) var stripes: [Stripe]
    /// The lines of each row: more than one after ``fold(to:breaksWords:)``.
    private var count: Int

    init(_ stripes: [Stripe]) {
        self.stripes = stripes
        count = stripes.first?.cells.count ?? 0
    }

    /// The width of the lines, with a blank between columns.
    var width: Int { stripes.map(\.width).reduce(0, +) + max(0, stripes.count - 1) }

    /// The least width of a folded column.
    private static let narrowest = 12

    /// Removes columns in the order of their titles until the lines fit.
    mutating func drop(_ titles: [String], to room: Int) {
        for title in titles where width > room { stripes.removeAll { $0.title == title } }
    }

    /// Folds the widest columns of text, the first one last, until the lines fit: a long cell continues in the next line.
    mutating func fold(to room: Int, breaksWords: Bool) {
        var limits = stripes.map(\.width)
        func over() -> Int { limits.reduce(0, +) + max(0, limits.count - 1) - room }
        while over() > 0 {
            let texts = limits.indices.filter { !stripes[$0].isNumber && limits[$0] > Self.narrowest }
            guard let widest = texts.filter({ $0 > 0 }).max(by: { limits[$0] < limits[$1] }) ?? texts.first else {
                break
            }
            limits[widest] = max(Self.narrowest, limits[widest] - over())
        }
        if limits == stripes.map(\.width) { return }
        let folded = stripes.indices.map { column in
            stripes[column].cells.map { Page.folded($0, to: limits[column], breaksWords: breaksWords) }
        }
        let heights = (0..<count).map { row in folded.map { $0[row].count }.max() ?? 1 }
        for column in stripes.indices {
            stripes[column].cells = zip(folded[column], heights).flatMap { lines, height in
                lines + Array(repeating: "", count: height - lines.count)
            }
        }
        count = heights.reduce(0, +)
    }

    /// Removes columns of numbers, the last one first, until the lines fit: what is left when nothing can be folded.
    mutating func cut(to room: Int) {
        while width > room, let last = stripes.lastIndex(where: \.isNumber) { stripes.remove(at: last) }
    }

    /// Rendered in a style.
    func text(_ style: (some TextTableStyle).Type) -> String {
        let table = TextTable<Int> { row in
            stripes.map { Column(title: $0.title, value: $0.cells[row], align: $0.isNumber ? .right : .left) }
        }
        return table.string(for: Array(0..<count), style: style) ?? ""
    }
}
