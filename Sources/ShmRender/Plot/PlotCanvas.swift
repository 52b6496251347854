/// A rectangle of characters. What is drawn later does not hide what lies above it.
struct PlotCanvas {
    /// What hides what.
    enum Layer: Int { case empty, line, mark }

    let width: Int
    let height: Int
    private var cells: [[(character: Character, layer: Layer)]]
    /// Whether a mark was left out because another one is in its place.
    private(set) var hasHidden = false

    init(width: Int, height: Int) {
        self.width = width
        self.height = height
        cells = Array(repeating: Array(repeating: (" ", .empty), count: width), count: height)
    }

    /// A cell; rows count from the top.
    struct Place: Equatable {
        var column: Int
        var row: Int
    }

    mutating func put(_ character: Character, at place: Place, _ layer: Layer) {
        guard (0..<width).contains(place.column), (0..<height).contains(place.row) else { return }
        let there = cells[place.row][place.column]
        if there.layer == .mark && layer == .mark && there.character != character { hasHidden = true }
        if layer.rawValue > there.layer.rawValue { cells[place.row][place.column] = (character, layer) }
    }

    /// Draws the cells between two places.
    mutating func connect(_ start: Place, _ end: Place, with character: Character) {
        let steps = max(abs(end.column - start.column), abs(end.row - start.row))
        for step in 0..<max(0, steps - 1) {
            let part = Double(step + 1) / Double(steps)
            let column = Double(start.column) + Double(end.column - start.column) * part
            let row = Double(start.row) + Double(end.row - start.row) * part
            put(character, at: Place(column: Int(column.rounded()), row: Int(row.rounded())), .line)
        }
    }

    /// The text of a row.
    func line(_ row: Int) -> String { String(cells[row].map(\.character)) }
}
