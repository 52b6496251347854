internal import ShmCoordinator
internal import ShmStatistics

/// All rounds of one cell in one line: medians over the rounds, and the worst the oracle found.
struct CellSummary {
    let cell: Cell
    let rounds: Int
    let throughput: Double?
    let spread: Double?
    let p50: Double?
    let p99: Double?
    let p999: Double?
    let longest: Double?
    let jain: Double?
    let integrity: RoundResult.Integrity
    let isAsPromised: Bool
    /// Whether a round's workers had to be ended, though they made progress.
    let isCutShort: Bool

    /// One summary a cell, in the order of the cells.
    static func summaries(_ rows: [Row], cells: [Cell]) -> [CellSummary] {
        let groups = Dictionary(grouping: rows, by: \.cell)
        return cells.compactMap { cell in groups[cell].map { CellSummary(cell, $0) } }
    }

    private init(_ cell: Cell, _ rows: [Row]) {
        self.cell = cell
        rounds = rows.count
        throughput = median(rows.compactMap(\.throughput))
        spread = rows.count > 1 ? relativeSpread(rows.compactMap(\.throughput)) : nil
        func middle(_ figure: (Latency) -> UInt64) -> Double? {
            median(rows.compactMap { $0.latency.map { Double(figure($0)) } })
        }
        p50 = middle(\.p50)
        p99 = middle(\.p99)
        p999 = middle(\.p999)
        longest = rows.compactMap { $0.latency.map { Double($0.longest) } }.max()
        jain = median(rows.compactMap(\.jain))
        let found = rows.map(\.result.integrity)
        integrity = found.contains(.stuck) ? .stuck : found.contains(.failed) ? .failed : .ok
        isAsPromised = rows.allSatisfy(\.isAsPromised)
        isCutShort = rows.contains(where: \.result.isCutShort)
    }
}
