internal import ShmCompare

/// The part of a grid that one map shows: two of its parameters, as rows and columns, with one value of each other.
struct GridSlice {
    let grid: LoadGrid
    /// The index of the axis of the rows; `nil` in a grid of one parameter, whose map is a row.
    private let rowAxis: Int?
    private let columnAxis: Int
    /// The indices of the other axes' values.
    private let rest: [Int: Int]

    /// The slices of a grid. Of the first two axes the shorter one has the columns, so that maps are narrow.
    static func all(_ grid: LoadGrid) -> [GridSlice] {
        let axes = grid.axes
        if axes.count == 1 { return [GridSlice(grid: grid, rowAxis: nil, columnAxis: 0, rest: [:])] }
        let columns = axes[0].positions.count < axes[1].positions.count ? 0 : 1
        let rests = axes.indices.dropFirst(2).reduce([[:]] as [[Int: Int]]) { rests, axis in
            rests.flatMap { rest in
                axes[axis].positions.indices.map { rest.merging([axis: $0]) { first, _ in first } }
            }
        }
        return rests.map { GridSlice(grid: grid, rowAxis: 1 - columns, columnAxis: columns, rest: $0) }
    }

    private init(grid: LoadGrid, rowAxis: Int?, columnAxis: Int, rest: [Int: Int]) {
        self.grid = grid
        self.rowAxis = rowAxis
        self.columnAxis = columnAxis
        self.rest = rest
    }

    /// What precedes the title of a map: scenario, and the values that all its points have; empty for the only map.
    var place: String {
        let values = rest.sorted { $0.key < $1.key }.map { grid.axes[$0.key].phrase($0.value) }
        return ((grid.scenario == "default" ? [] : [grid.scenario]) + values).joined(separator: ", ")
    }

    var columnTitle: String { grid.axes[columnAxis].title }
    var columns: [String] { grid.axes[columnAxis].positions.map(\.shown) }
    /// Empty for a map of one row.
    var rowTitle: String { rowAxis.map { grid.axes[$0].title } ?? "" }
    var rows: [String] { rowAxis.map { grid.axes[$0].positions.map(\.shown) } ?? [""] }

    func point(row: Int, column: Int) -> GridPoint? {
        var place = rest
        place[columnAxis] = column
        if let rowAxis { place[rowAxis] = row }
        return grid.point(grid.axes.indices.map { place[$0] ?? 0 })
    }
}
