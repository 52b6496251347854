package import ShmCoordinator
package import ShmCore
package import ShmRecord
package import ShmStatistics

/// A summary of the rounds of one cell: medians, and the worst finding of the integrity oracle.
package struct CellSummary {
    package let cell: CellID
    /// The rounds of the cell.
    package let records: [Record]
    /// The properties of the lock; `nil` if this program does not know it.
    package let properties: LockProperties?
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
    /// The median of Jain's index over windows of 10 ms.
    package let windowJain: Double?
    /// Jain's index of the workers' lock opportunity.
    package let opportunity: Double?
    /// Jain's index of the acquisitions in the window of ``opportunity``.
    package let orderWindowJain: Double?
    /// By how much the index of opportunity exceeds that of acquisitions.
    package let opportunityGain: Double?
    /// Whether it does, or does not, in each of the rounds.
    package let isOpportunityGainSteady: Bool
    /// The share of the workers with the longest critical sections in the time for which the lock was held; `nil` if all
    /// sections are equal.
    package let longHolds: Double?
    /// The number of owners killed after the rounds; 0 without `--kills`, and if the lock does not promise to survive.
    package let kills: Int
    /// The number of kills after which a process hung or the data were wrong.
    package let killFailures: Int
    /// The median time from a kill to the next acquisition, and to the end of the process in the kernel, ns.
    package let recovery: Double?
    package let reaping: Double?
    /// The number of rounds of an open loop that did not sustain its rate.
    package let overloadedRounds: Int
    package let integrity: RoundResult.Integrity
    package let isAsPromised: Bool
    /// The broken promises in words; `nil` if none is broken.
    package let breach: String?
    /// Whether workers of a round were ended although they made progress.
    package let isCutShort: Bool

    package var lock: String { cell.lock }
    package var load: Load { cell.load }
    package var rounds: Int { records.count }

    /// Whether it is a lock, not a control. A lock that this program does not know promises mutual exclusion.
    package var excludes: Bool { properties?.excludes ?? true }
    package var survivesOwnerDeath: Bool { properties?.survivesOwnerDeath ?? false }

    /// Half the confidence interval, as a share of the median.
    package var spread: Double? {
        guard let interval, let throughput, throughput > 0 else { return nil }
        return (interval.high - interval.low) / 2 / throughput
    }

    /// Whether most rounds of an open loop did not sustain its rate. Exactly half are not most: the percentiles are those
    /// of the other half, and documents name the overloaded rounds beside them.
    package var isOverloaded: Bool { overloadedRounds * 2 > rounds || (load.isOpen && isCutShort) }
    /// Whether some rounds of an open loop did not sustain its rate, but not most.
    package var isPartlyOverloaded: Bool { overloadedRounds > 0 && !isOverloaded }

    /// One summary per cell, in the order of the cells.
    package static func summaries(_ records: [Record], cells: [CellID]) -> [CellSummary] {
        summaries(Dictionary(grouping: records, by: CellID.init), cells: cells)
    }

    /// One summary per cell, in the order of the cells.
    static func summaries(_ groups: [CellID: [Record]], cells: [CellID]) -> [CellSummary] {
        cells.compactMap { cell in groups[cell].map { CellSummary(cell, $0) } }
    }

    /// The summaries of rounds that this process measured.
    package static func summaries(_ rows: [Row], cells: [Cell]) -> [CellSummary] {
        let records = rows.map { Record($0) }
        // By the record's own key, which has fewer decimals of the rate than the cell.
        let ids = Dictionary(zip(rows.map(\.cell), records.map(CellID.init))) { first, _ in first }
        return summaries(records, cells: cells.compactMap { ids[$0] }.uniqued())
    }

    private init(_ cell: CellID, _ records: [Record]) {
        func middle(_ column: String) -> Double? { median(records.numbers(column)) }
        let percentiles = PercentileRounds(records)

        self.cell = cell
        self.records = records
        properties = LockKind(named: cell.lock)?.properties
        let throughputs = records.numbers("throughput_per_s")
        throughput = median(throughputs)
        interval = MedianInterval(throughputs)
        p50 = percentiles.median("acquire_p50_ns")
        p99 = percentiles.median("acquire_p99_ns")
        p999 = percentiles.median("acquire_p999_ns")
        longest = records.numbers("acquire_max_ns").max()
        uncorrectedP99 = middle("uncorrected_p99_ns")
        hold = middle("hold_p50_ns")
        handoff = middle("handoff_p50_ns")
        jain = middle("fairness_jain")
        windowJain = middle("fairness_window_jain")
        opportunity = middle("lock_opportunity_jain")
        orderWindowJain = middle("order_window_jain")
        let gains = records.compactMap { record in
            record.number("lock_opportunity_jain").flatMap { opportunity in
                record.number("order_window_jain").map { opportunity - $0 }
            }
        }
        opportunityGain = median(gains)
        isOpportunityGainSteady = gains.allSatisfy { $0 <= 0 } || gains.allSatisfy { $0 >= 0 }
        longHolds = median(
            records.compactMap { $0.text("class_hold_shares").split(separator: " ").last.flatMap { Double($0) } })
        // A file may have any number.
        func sum(_ column: String) -> Int { Int(min(1e15, records.numbers(column).reduce(0, +))) }
        (kills, killFailures) = (sum("kills"), sum("kill_failures"))
        (recovery, reaping) = (middle("recovery_p50_ns"), middle("reaping_p50_ns"))
        overloadedRounds = records.count(where: \.isOverloaded)
        let found = records.map(\.integrity)
        integrity = found.contains(.stuck) ? .stuck : found.allSatisfy { $0 == .ok } ? .ok : .failed
        isAsPromised = records.allSatisfy(\.isAsPromised)
        isCutShort = records.contains(where: \.isCutShort)
        breach = isAsPromised ? nil : Breach.words(records)
    }
}
