internal import ShmRecord
internal import ShmStatistics

/// Warnings about medians over runs that differ in kernel, version or length of windows.
package enum MixedRounds {
    package static func warnings(_ rounds: MachineRounds) -> [String] {
        var lines: [String] = []
        for (column, words) in [("kernel", "kernels"), ("tool_version", "versions of shmbench")] {
            let mixed = rounds.summaries.filter { line in Set(line.records.map { $0.text(column) }).count > 1 }
            if let first = mixed.first {
                lines.append(
                    "rounds of several \(words) are in one median, of \(first.cell.title) for one (\(rounds.values(column).joined(separator: ", "))): report on each file by itself"
                )
            }
        }
        for line in rounds.summaries {
            // Within a run, windows are longer where workers waited for CPUs.
            let windows = Dictionary(grouping: line.records) { $0.text("run_id") }.values.compactMap { run in
                median(run.compactMap { $0.number("duration_s") })
            }
            guard let least = windows.min(), let most = windows.max(), most > 2 * least else { continue }
            lines.append(
                "windows of \(Figure.time(least * 1e9)) and of \(Figure.time(most * 1e9)) are in one median, of \(line.cell.title) for one: tails and fairness depend on them; report on each file by itself"
            )
            break
        }
        return lines
    }
}
