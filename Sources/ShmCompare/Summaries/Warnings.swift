internal import ShmCoordinator
internal import ShmRecord
internal import ShmStatistics

/// What makes the figures of a run less than they seem: for each, the cause, where it was met, and the cure. A line each,
/// for stderr.
package enum Warnings {
    /// A median whose interval is wider than this says little about small differences.
    private static func noisy(_ line: CellSummary) -> Double { line.load.workers == 1 ? 0.03 : 0.10 }
    /// A 99th percentile rests on a hundred times fewer samples than there are.
    private static let fewSamples = 1000.0

    /// - Parameter summaries: of one machine.
    package static func lines(_ summaries: [CellSummary]) -> [String] {
        let records = summaries.flatMap(\.records)
        var lines = clock(summaries)
        // Over all rounds: the kernel counts in ticks of 10 ms, which is much of one.
        let shares = records.compactMap { $0.number("steal_percent") }.map { $0 / 100 }
        let stolen = shares.reduce(0, +) / Double(max(1, shares.count))
        if stolen > 0.01 {
            lines.append(
                "the hypervisor took \(percent(stolen)) of the CPU time during the rounds: run it at a quieter time, or on a "
                    + "machine of its own")
        }
        if let governor = records.first?.unrecorded?.scalingGovernor, governor != "performance" {
            lines.append(
                "CPU frequency is scaled (governor \(governor)): fix it with `cpupower frequency-set -g performance`")
        }
        lines += rounds(summaries, cpus: records.first?.cpus ?? .max)
        if records.contains(where: \.lacksHeapCount) {
            lines.append(
                "jemalloc's count of heap bytes does not see an allocation made to test it; the column is empty")
        }
        return lines
    }

    private static func clock(_ summaries: [CellSummary]) -> [String] {
        var lines: [String] = []
        let records = summaries.flatMap(\.records)
        if let first = records.first, first.text("clock") == "clock_gettime" {
            let obstacle = first.unrecorded?.clockObstacle.map { ": \($0)" } ?? ""
            lines.append("times are clock_gettime's, not the CPU counter's\(obstacle); short times are less exact")
        }
        // Of a lock that lets two in, one reads what the other writes: that is no clock's doing.
        let exclusive = summaries.filter(\.excludes).flatMap(\.records).filter { $0.integrity == .ok }
        let anomalies = exclusive.compactMap(\.unrecorded?.clockAnomalies).reduce(0, +)
        if anomalies > 0 {
            lines.append(
                "the clock went backwards \(anomalies) times between two CPUs; those intervals were left out: do not trust "
                    + "hand-off times on this machine")
        }
        return lines
    }

    private static func rounds(_ summaries: [CellSummary], cpus: Int) -> [String] {
        var lines: [String] = []
        func warn(_ found: [CellSummary], _ text: (String) -> String) {
            if !found.isEmpty { lines.append(text(names(found))) }
        }
        let sound = summaries.filter(\.isAsPromised)
        // In an open loop, throughput follows the schedule.
        let closed = sound.filter { !$0.load.isOpen }
        warn(closed.filter { ($0.spread ?? 0) > noisy($0) }) {
            "too noisy: the median of \($0) is known to ±3% (alone) or ±10% (contended) or worse; use more --rounds or a longer --duration, and stop what else runs"
        }
        warn(
            sound.filter { line in line.records.contains { ($0.number("latency_samples") ?? .infinity) < fewSamples } }
        ) {
            "too short: p99 of \($0) rests on fewer than \(Int(fewSamples)) acquisitions a round; use a longer --duration"
        }
        warn(closed.filter { !outliers($0.records.compactMap(\.throughput)).isEmpty }) {
            "outlier rounds: at least one of \($0) lies far from the others; medians stand, but something else ran meanwhile"
        }
        warn(closed.filter { line in !line.isCutShort && line.records.contains { !$0.wasSteady } }) {
            "not steady when the warm-up ended: \($0); use a longer --warmup"
        }
        let apart = sound.filter { line in
            line.records.contains { ($0.number("overlap") ?? 1) < (line.load.workers > cpus ? 0.5 : 0.9) }
        }
        let least = apart.flatMap(\.records).compactMap { $0.number("overlap") }.min() ?? 1
        warn(apart) {
            "not all workers ran all the time: of \($0), as little as \(percent(least)) of a window; use a longer --duration"
        }
        if let most = summaries.map(\.load.workers).max(), most > cpus {
            lines.append(
                "up to \(most) workers share \(cpus) CPU\(cpus == 1 ? "" : "s"): such figures are the scheduler's as much as the lock's"
            )
        }
        return lines
    }

    private static func percent(_ share: Double) -> String { Figure.decimal(share * 100, share < 0.1 ? 1 : 0) + "%" }

    /// A few cells by name, and how many more there are.
    private static func names(_ lines: [CellSummary]) -> String {
        let shown = lines.prefix(3).map { line in
            (line.load.scenario == "default" ? "" : "\(line.load.scenario): ") + line.lock
                + (line.load.workers > 1 ? " × \(line.load.workers)" : "")
                + (line.load.isOpen ? " at \(Figure.rate(line.load.rate))" : "")
        }
        return shown.joined(separator: ", ") + (lines.count > 3 ? " and \(lines.count - 3) more" : "")
    }
}
