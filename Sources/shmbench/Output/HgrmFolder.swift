internal import Histogram
internal import ShmCoordinator
internal import ShmHarness
internal import ShmRecord

/// A folder of latency distributions in HdrHistogram's format: one file for each cell, with all its rounds.
struct HgrmFolder {
    private let folder: OutputFolder

    private static let option = "--hgrm"

    /// Creates the folder if it does not exist.
    ///
    /// - Parameter cells: those that get a file.
    init(_ path: String, _ cells: [Cell]) throws {
        folder = try OutputFolder(path, option: Self.option)
        try folder.check(Array(Self.names(cells).values), .distribution, option: Self.option)
    }

    /// The name of each cell's file, with the parameters that tell the points of a grid apart.
    private static func names(_ cells: [Cell]) -> [Cell: String] {
        func base(_ cell: Cell) -> String {
            let rate = cell.spacing == .closed ? "" : "-\(Int(cell.rate))"
            return "\(cell.scenario)-\(cell.lock)-\(cell.workers)\(rate)"
        }
        let parameters = Dictionary(grouping: cells.uniqued(), by: base).mapValues {
            Parameter.different($0.map(\.load))
        }
        let names = cells.uniqued().map { cell in
            let name = base(cell)
            let parts = (parameters[name] ?? []).map { "-\($0.key)-\($0.text(cell.load))" }
            return (cell, name + parts.joined() + ".hgrm")
        }
        return Dictionary(uniqueKeysWithValues: names)
    }

    func write(_ rows: [Row]) throws {
        let groups = Dictionary(grouping: rows, by: \.cell)
        for (cell, name) in Self.names(rows.map(\.cell)) {
            let histograms = (groups[cell] ?? []).compactMap { $0.latency?.acquire?.histogram }
            guard var all = histograms.first else { continue }
            for other in histograms.dropFirst() { all.add(other) }
            var text = ""
            // In µs, as is usual for these files.
            all.outputPercentileDistribution(to: &text, outputValueUnitScalingRatio: 1000)
            try folder.write(name, text, .distribution, option: Self.option)
        }
    }
}
