package import ShmCoordinator
internal import ShmHarness
package import ShmRecord
package import ShmStatistics

/// All rounds of one cell in one line: medians over the rounds, and the worst the oracle found.
package struct CellSummary {
    package let cell: Cell
    package let rounds: Int
    package let throughput: Double?
    /// The confidence interval of ``throughput`` over the rounds; `nil` for a single round.
    package let interval: MedianInterval?
    package let p50: Double?
    package let p99: Double?
    package let p999: Double?
    package let longest: Double?
    package let uncorrectedP99: Double?
    package let hold: Double?
    package let handoff: Double?
    package let jain: Double?
    /// Of the workers' counts in windows of 10 ms.
    package let windowJain: Double?
    /// Rounds of an open loop that could not carry its rate.
    package let overloadedRounds: Int
    /// The rows that it sums up.
    package let rows: [Row]
    package let integrity: RoundResult.Integrity
    package let isAsPromised: Bool
    /// What breaks the lock's promises, in words; `nil` where nothing does.
    package let breach: String?
    /// Whether a round's workers had to be ended, though they made progress.
    package let isCutShort: Bool

    /// Half the confidence interval, as a share of the median.
    package var spread: Double? {
        guard let interval, let throughput, throughput > 0 else { return nil }
        return (interval.high - interval.low) / 2 / throughput
    }

    /// Whether most rounds of an open loop could not carry its rate.
    package var isOverloaded: Bool { overloadedRounds * 2 > rounds || (cell.spacing != .closed && isCutShort) }

    /// One summary a cell, in the order of the cells.
    package static func summaries(_ rows: [Row], cells: [Cell]) -> [CellSummary] {
        let groups = Dictionary(grouping: rows, by: \.cell)
        return cells.compactMap { cell in groups[cell].map { CellSummary(cell, $0) } }
    }

    private init(_ cell: Cell, _ rows: [Row]) {
        self.cell = cell
        rounds = rows.count
        throughput = median(rows.compactMap(\.throughput))
        interval = MedianInterval(rows.compactMap(\.throughput))
        func middle(_ figure: (Latency) -> UInt64?) -> Double? {
            median(rows.compactMap { $0.latency.flatMap(figure).map { Double($0) } })
        }
        let overloaded = rows.count { $0.isOverloaded == true }
        overloadedRounds = overloaded
        /// Nothing where most rounds could not carry their rate: the others were lucky.
        func response(_ figure: (Latency) -> UInt64?) -> Double? {
            overloaded * 2 > rows.count ? nil : middle(figure)
        }
        p50 = response(\.acquire?.p50)
        p99 = response(\.acquire?.p99)
        // Ten beyond it at least: of fewer, it is one round's accident.
        p999 = response { latency in latency.acquire.flatMap { $0.samples >= 10_000 ? $0.p999 : nil } }
        longest = rows.compactMap { $0.latency?.acquire.map { Double($0.longest) } }.max()
        uncorrectedP99 = middle(\.uncorrected?.p99)
        hold = middle(\.hold?.p50)
        handoff = middle(\.handoff?.p50)
        self.rows = rows
        jain = median(rows.compactMap(\.jain))
        windowJain = median(rows.compactMap(\.windowJain))
        let found = rows.map(\.result.integrity)
        integrity = found.contains(.stuck) ? .stuck : found.contains(.failed) ? .failed : .ok
        isAsPromised = rows.allSatisfy(\.isAsPromised)
        isCutShort = rows.contains(where: \.result.isCutShort)
        breach = isAsPromised ? nil : Breach.words(rows)
    }
}
