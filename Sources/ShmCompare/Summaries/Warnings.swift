internal import ShmCoordinator
internal import ShmRecord
internal import ShmStatistics

/// Warnings about the quality of a run's figures. Each line names the cause, the cells and a remedy.
package enum Warnings {
    /// The limit of half the interval of the median, as a share, for one worker and for several.
    private static func noisy(_ line: CellSummary) -> Double { line.load.workers == 1 ? 0.03 : 0.10 }
    /// The number of samples that p99 needs.
    private static let fewSamples = Double(PercentileRule.samples(for: 99))

    /// The texts of ``all(_:)``.
    package static func lines(_ summaries: [CellSummary]) -> [String] { all(summaries).map(\.text) }

    /// The warnings.
    ///
    /// - Parameter summaries: those of one machine.
    package static func all(_ summaries: [CellSummary]) -> [Warning] {
        let records = summaries.flatMap(\.records)
        var lines = clock(summaries)
        // Over all rounds: the kernel counts in ticks of 10 ms, which are a large part of one round.
        let shares = records.numbers("steal_percent").map { $0 / 100 }
        let stolen = shares.reduce(0, +) / Double(max(1, shares.count))
        if stolen > 0.01 {
            lines.add(
                .stolenTime,
                "the hypervisor took \(percent(stolen)) of the CPU time during the rounds: measure at a quieter time, or on a "
                    + "dedicated machine")
        }
        if let governor = records.first?.unrecorded?.scalingGovernor, governor != "performance" {
            lines.add(
                .scaledFrequency,
                "CPU frequency is scaled (governor \(governor)): fix it with `cpupower frequency-set -g performance`")
        }
        lines += rounds(summaries, cpus: records.first?.cpus ?? .max)
        if records.contains(where: \.lacksHeapCount) {
            lines.add(
                .heapUncounted,
                "jemalloc's count of heap bytes missed a test allocation, so heap_bytes_per_op is empty")
        }
        return lines
    }

    private static func clock(_ summaries: [CellSummary]) -> [Warning] {
        var lines: [Warning] = []
        let records = summaries.flatMap(\.records)
        if let first = records.first, first.text("clock") == "clock_gettime" {
            let obstacle = first.unrecorded?.clockObstacle.map { ": \($0)" } ?? ""
            lines.add(
                .clockFallback,
                "clock_gettime timed the rounds, not the CPU's time-stamp counter\(obstacle); short times are less precise"
            )
        }
        // Without mutual exclusion, a time stamp can be read before it is written, which is not an error of the clock.
        let exclusive = summaries.filter(\.excludes).flatMap(\.records).filter { $0.integrity == .ok }
        let anomalies = exclusive.compactMap(\.unrecorded?.clockAnomalies).reduce(0, +)
        if anomalies > 0 {
            lines.add(
                .clockBackwards,
                "the clock went backwards \(counted(anomalies, "time")) between two CPUs, and those intervals were left out: do not trust "
                    + "handoff times on this machine")
        }
        return lines
    }

    private static func rounds(_ summaries: [CellSummary], cpus: Int) -> [Warning] {
        var lines: [Warning] = []
        func warn(_ code: Warning.Code, _ found: [CellSummary], _ text: (String) -> String) {
            if !found.isEmpty { lines.add(code, text(names(found, of: summaries))) }
        }
        let sound = summaries.filter(\.isAsPromised)
        // In an open loop, throughput follows the schedule.
        let closed = sound.filter { !$0.load.isOpen }
        warn(.noisy, closed.filter { ($0.spread ?? 0) > noisy($0) }) {
            "too noisy: the interval of the median of \($0) exceeds ±3% (one worker) or ±10% (several); use more --rounds or a longer --duration, and stop other programs"
        }
        warn(
            .fewSamples,
            sound.filter { line in line.records.numbers("latency_samples").contains { $0 < fewSamples } }
        ) {
            "too short: rounds of \($0) have fewer than \(Int(fewSamples)) samples and therefore no p99; use a longer --duration"
        }
        warn(.outliers, closed.filter { !outliers($0.records.numbers("throughput_per_s")).isEmpty }) {
            "outlier rounds: at least one of \($0) differs far from the others; medians are robust, but another program may have run; stop other programs"
        }
        warn(.notSteady, closed.filter { line in !line.isCutShort && line.records.contains { !$0.wasSteady } }) {
            "not steady at the end of the warm-up: \($0); use a longer --warmup"
        }
        let apart = sound.filter { line in
            line.records.numbers("overlap").contains { $0 < (line.load.processes > cpus ? 0.5 : 0.9) }
        }
        let least = apart.flatMap(\.records).numbers("overlap").min() ?? 1
        warn(.apart, apart) {
            "not all workers ran all the time: in rounds of \($0), as little as \(percent(least)) of a window; use a longer --duration"
        }
        if let most = summaries.map(\.load).max(by: { $0.processes < $1.processes }), most.processes > cpus {
            let loops = most.busyLoops > 0 ? " and \(counted(most.busyLoops, "busy loop"))" : ""
            lines.add(
                .oversubscribed,
                "up to \(counted(most.workers, "worker"))\(loops) share \(counted(cpus, "CPU")): these figures depend on the scheduler as much as on the lock"
            )
        }
        return lines
    }

    private static func percent(_ share: Double) -> String { Figure.decimal(share * 100, share < 0.1 ? 1 : 0) + "%" }

    /// The first three cells by name, and the number of others. Cells that differ only in other parameters are counted as
    /// points of a grid; one of several has their values.
    private static func names(_ lines: [CellSummary], of all: [CellSummary]) -> String {
        let groups = Dictionary(grouping: lines, by: name)
        let loads = Dictionary(grouping: all, by: name).mapValues { $0.map(\.load) }
        let shown = lines.map(name).uniqued().prefix(3).map { name -> (text: String, count: Int) in
            let cells = groups[name] ?? []
            if cells.count > 1 {
                let points = cells[0].load.isOpen ? "(\(cells.count) points)" : "at \(cells.count) points"
                return ("\(name) \(points)", cells.count)
            }
            return (name + (cells.first?.load.suffix(Parameter.distinguishing(loads[name] ?? [])) ?? ""), 1)
        }
        let left = lines.count - shown.map(\.count).reduce(0, +)
        return shown.map(\.text).joined(separator: ", ") + (left > 0 ? " and \(left) more" : "")
    }

    private static func name(_ line: CellSummary) -> String {
        (line.load.scenario == "default" ? "" : "\(line.load.scenario): ") + line.lock
            + (line.load.workers > 1 ? " × \(line.load.workers)" : "")
            + (line.load.isOpen ? " at \(Figure.rate(line.load.rate))" : "")
    }
}

extension Load {
    /// Processes that use CPU time in a round.
    fileprivate var processes: Int { workers + busyLoops }
}
