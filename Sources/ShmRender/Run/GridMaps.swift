internal import ShmCompare
internal import ShmCoordinator
internal import ShmRecord

/// The grids of a document: their maps, and the loads that these show.
struct GridMaps {
    let grids: [LoadGrid]

    /// No grid.
    static let none = GridMaps([])

    init(_ summaries: [CellSummary], rankings: Rankings? = nil) {
        grids = LoadGrid.all(summaries, rankings: rankings)
    }

    var loads: Set<Load> { Set(grids.flatMap(\.points).map(\.load)) }

    /// The verdict, a sentence each.
    var sentences: [String] { grids.flatMap { GridVerdict(grid: $0).sentences } }

    /// The maps and what explains them.
    func text(_ page: Page, isMarkdown: Bool) -> String {
        grids.map { grid in
            let maps = GridSlice.all(grid).map { slice in
                isMarkdown ? GridMapTables(slice: slice).markdown : GridMapText(slice: slice, page: page).text
            }
            let legend = GridWords.legend(grid) + (isMarkdown ? [] : [Self.elsewhere(grid)])
            return (maps + [legend.map { page.wrapped($0) + "\n" }.joined()]).joined(separator: "\n")
        }.joined(separator: "\n")
    }

    /// Where the tables are that a terminal has no room for.
    private static func elsewhere(_ grid: LoadGrid) -> String {
        "The tables of the \(grid.points.count) points are in the formats markdown and html: `shmbench report FILE --format markdown`."
    }

    /// The sections of a page.
    func sections(of subject: String) -> [Exhibit.Section] {
        grids.map { grid in
            let scenario = grid.scenario == "default" ? "" : ": \(grid.scenario)"
            let tables = GridSlice.all(grid).flatMap { slice -> [Exhibit.Block] in
                let tables = GridMapTables(slice: slice)
                return [.table(tables.best), .table(tables.shares)]
            }
            return Exhibit.Section("Grid\(scenario)", of: subject, GridWords.legend(grid).map { .text($0) } + tables)
        }
    }

    // MARK: For CI services

    /// A case per point.
    var suites: [Report.Suite] {
        grids.map { grid in
            Report.Suite(
                grid.scenario == "default" ? "grid" : "grid: \(grid.scenario)",
                grid.points.map { point in
                    let place = grid.axes.enumerated().map { $1.phrase(point.place[$0]) }.joined(separator: ", ")
                    let figure = GridWords.figure(point, in: grid)
                    return Report.Check(
                        place, point.first == nil ? .skipped : .passed,
                        GridWords.best(point) + (figure.isEmpty ? "" : " (\(figure))"))
                })
        }
    }

    /// A notice per grid.
    var notices: [Report.Notice] {
        grids.map { grid in
            Report.Notice(
                .notice, grid.scenario == "default" ? "grid" : "grid: \(grid.scenario)",
                GridVerdict(grid: grid).sentences.joined(separator: "\n"))
        }
    }
}
