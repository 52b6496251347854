package import ShmCoordinator
internal import ShmCore
internal import ShmHarness
internal import ShmRecord
internal import ShmStatistics

/// What makes the figures of a run less than they seem: for each, the cause, where it was met, and the cure. A line each,
/// for stderr.
package enum Warnings {
    /// A median whose interval is wider than this says little about small differences.
    private static func noisy(_ line: CellSummary) -> Double { line.cell.workers == 1 ? 0.03 : 0.10 }
    /// A 99th percentile rests on a hundred times fewer samples than there are.
    private static let fewSamples: UInt64 = 1000

    package static func lines(_ summaries: [CellSummary], machine: Machine = .current) -> [String] {
        var lines: [String] = []
        func warn(_ found: [CellSummary], _ text: (String) -> String) {
            if !found.isEmpty { lines.append(text(names(found))) }
        }
        let rows = summaries.flatMap(\.rows)
        if let obstacle = rows.first?.run.clock.obstacle {
            lines.append("times are clock_gettime's, not the CPU counter's: \(obstacle); short times are less exact")
        }
        // Of a lock that lets two in, one reads what the other writes: that is no clock's doing.
        let sound = summaries.filter { $0.isAsPromised }
        let exclusive = rows.filter { $0.result.integrity == .ok && $0.cell.lock.properties.excludes }
        let anomalies = exclusive.compactMap(\.costs).map(\.clockAnomalies).reduce(0, +)
        if anomalies > 0 {
            lines.append(
                "the clock went backwards \(anomalies) times between two CPUs; those intervals were left out: do not trust "
                    + "hand-off times on this machine")
        }
        // Over all rounds: the kernel counts in ticks of 10 ms, which is much of one.
        let shares = rows.compactMap(\.result.stolenShare)
        let stolen = shares.reduce(0, +) / Double(max(1, shares.count))
        if stolen > 0.01 {
            lines.append(
                "the hypervisor took \(percent(stolen)) of the CPU time during the rounds: run it at a quieter time, or on a "
                    + "machine of its own")
        }
        if let governor = machine.scalingGovernor, governor != "performance" {
            lines.append(
                "CPU frequency is scaled (governor \(governor)): fix it with `cpupower frequency-set -g performance`")
        }
        // In an open loop, throughput follows the schedule.
        let closed = sound.filter { $0.cell.spacing == .closed }
        warn(closed.filter { ($0.spread ?? 0) > noisy($0) }) {
            "too noisy: the median of \($0) is known to ±3% (alone) or ±10% (contended) or worse; use more --rounds or a longer --duration, and stop what else runs"
        }
        warn(sound.filter { line in line.rows.contains { ($0.latency?.acquire?.samples ?? .max) < fewSamples } }) {
            "too short: p99 of \($0) rests on fewer than \(fewSamples) acquisitions a round; use a longer --duration"
        }
        warn(closed.filter { !outliers($0.rows.compactMap(\.throughput)).isEmpty }) {
            "outlier rounds: at least one of \($0) lies far from the others; medians stand, but something else ran meanwhile"
        }
        warn(closed.filter { line in !line.isCutShort && line.rows.contains { !$0.result.wasSteady } }) {
            "not steady when the warm-up ended: \($0); use a longer --warmup"
        }
        let apart = sound.filter { line in
            line.rows.contains { ($0.costs?.overlap ?? 1) < (line.cell.workers > machine.cpus ? 0.5 : 0.9) }
        }
        let least = apart.flatMap(\.rows).compactMap(\.costs).map(\.overlap).min() ?? 1
        warn(apart) {
            "not all workers ran all the time: of \($0), as little as \(percent(least)) of a window; use a longer --duration"
        }
        if let most = summaries.map(\.cell.workers).max(), most > machine.cpus {
            lines.append(
                "up to \(most) workers share \(machine.cpus) CPU\(machine.cpus == 1 ? "" : "s"): such figures are the scheduler's as much as the lock's"
            )
        }
        if rows.contains(where: { $0.costs?.heapCounterWorks == false }) {
            lines.append(
                "jemalloc's count of heap bytes does not see an allocation made to test it; the column is empty")
        }
        return lines
    }

    private static func percent(_ share: Double) -> String { Figure.decimal(share * 100, share < 0.1 ? 1 : 0) + "%" }

    /// A few cells by name, and how many more there are.
    private static func names(_ lines: [CellSummary]) -> String {
        let shown = lines.prefix(3).map { line in
            (line.cell.scenario == "default" ? "" : "\(line.cell.scenario): ") + line.cell.lock.name
                + (line.cell.workers > 1 ? " × \(line.cell.workers)" : "")
                + (line.cell.spacing == .closed ? "" : " at \(Figure.rate(line.cell.rate))")
        }
        return shown.joined(separator: ", ") + (lines.count > 3 ? " and \(lines.count - 3) more" : "")
    }
}
