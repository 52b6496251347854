internal import ShmHistory
internal import ShmRecord

/// A figure that is looked at over time: a column of the results.
package struct HistoryMetric: Hashable {
    package let column: String

    /// Short names.
    package static let aliases: KeyValuePairs = [
        "throughput": "throughput_per_s", "p50": "acquire_p50_ns", "p90": "acquire_p90_ns", "p99": "acquire_p99_ns",
        "p99.9": "acquire_p999_ns", "p99.99": "acquire_p9999_ns", "max": "acquire_max_ns", "mean": "acquire_mean_ns",
        "hold": "hold_p50_ns", "handoff": "handoff_p50_ns", "hand-off": "handoff_p50_ns",
        "reacquire": "reacquire_p50_ns",
        "jain": "fairness_jain", "heap": "heap_bytes_per_op", "cycles": "cycles_per_op",
        "instructions": "instructions_per_op", "cache-misses": "cache_misses_per_op", "run-queue": "run_queue_wait_s",
    ]

    /// - Parameter known: the columns that there are.
    package init(_ name: String, known: [String]) throws {
        let column = Self.aliases.first { $0.key == name }?.value ?? name
        guard known.contains(column) else {
            let hint = LockSelection.nearest(to: name, among: Self.aliases.map(\.key) + known)
                .map { "; did you mean `\($0)`?" }
            throw Failure(
                "--metric \(name.debugDescription) is no column of the results\(hint ?? "; results/README.md describes them, and throughput, p50, p99, hold, handoff, jain and heap are short for some")",
                code: .usage)
        }
        if ResultsReader.texts.contains(column) {
            throw Failure("--metric \(column) is a text, no figure that changes", code: .usage)
        }
        self.column = column
    }

    /// Whether more of it is better; `nil` where it is neither.
    package var isBetterHigh: Bool? {
        ResultColumn.all.first { $0.name == column }.flatMap(\.better).map { $0 == .more }
    }

    package func shown(_ figure: Double) -> String {
        if column.hasSuffix("_per_s") { return Figure.rate(figure) }
        if column.hasSuffix("_ns") {
            return abs(figure) < 99.95 ? "\(Figure.decimal(figure, 1)) ns" : Figure.time(figure)
        }
        if abs(figure) >= 1000 { return Figure.count(figure) }
        return Figure.decimal(figure, figure == figure.rounded() ? 0 : 4)
    }
}
