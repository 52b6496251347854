internal import ShmRecord
internal import ShmStatistics

/// Warns about medians over runs with different kernels, versions or lengths of windows.
package enum MixedRounds {
    package static func warnings(_ rounds: MachineRounds) -> [Warning] {
        var lines: [Warning] = []
        for (code, column, words) in [
            (Warning.Code.mixedKernels, "kernel", "kernels"),
            (.mixedVersions, "tool_version", "versions of shmbench"),
        ] {
            let mixed = rounds.summaries.filter { line in line.records.differ(in: [column]) }
            if let first = mixed.first {
                lines.add(
                    code,
                    "the median of \(first.cell.title) mixes rounds of several \(words) (\(rounds.values(column).joined(separator: ", "))): report on each file separately"
                )
            }
        }
        for line in rounds.summaries {
            // Within a run, windows are longer if workers waited for CPUs.
            let windows = Dictionary(grouping: line.records) { $0.text("run_id") }.values.compactMap { run in
                median(run.compactMap(\.window))
            }
            guard let least = windows.min(), let most = windows.max(), most > 2 * least else { continue }
            lines.add(
                .mixedWindows,
                "the median of \(line.cell.title) mixes windows of \(Figure.time(least * 1e9)) and \(Figure.time(most * 1e9)), on which tails and fairness depend: report on each file separately"
            )
            break
        }
        return lines
    }
}
