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
        try folder.check(cells.map(Self.name), .distribution, option: Self.option)
    }

    private static func name(_ cell: Cell) -> String {
        let rate = cell.spacing == .closed ? "" : "-\(Int(cell.rate))"
        return "\(cell.scenario)-\(cell.lock)-\(cell.workers)\(rate).hgrm"
    }

    func write(_ rows: [Row]) throws {
        let groups = Dictionary(grouping: rows, by: \.cell)
        for cell in rows.map(\.cell).uniqued() {
            let histograms = (groups[cell] ?? []).compactMap { $0.latency?.acquire?.histogram }
            guard var all = histograms.first else { continue }
            for other in histograms.dropFirst() { all.add(other) }
            var text = ""
            // In µs, as is usual for these files.
            all.outputPercentileDistribution(to: &text, outputValueUnitScalingRatio: 1000)
            try folder.write(Self.name(cell), text, .distribution, option: Self.option)
        }
    }
}
