internal import ShmStatistics

extension Record {
    /// The percentiles that have a column with the number of their samples.
    private static let counted: [String: (percent: Double, samples: String)] = [
        "acquire_p50_ns": (50, "latency_samples"), "acquire_p90_ns": (90, "latency_samples"),
        "acquire_p99_ns": (99, "latency_samples"), "acquire_p999_ns": (99.9, "latency_samples"),
        "acquire_p9999_ns": (99.99, "latency_samples"), "handoff_p50_ns": (50, "handoff_samples"),
        "handoff_p99_ns": (99, "handoff_samples"), "uncorrected_p50_ns": (50, "latency_samples"),
        "uncorrected_p99_ns": (99, "latency_samples"),
    ]

    /// The column with the number of samples of a percentile; `nil` for other columns.
    package static func samplesColumn(_ column: String) -> String? { counted[column]?.samples }

    /// The number of samples that a percentile needs; `nil` for other columns.
    package static func samplesNeeded(_ column: String) -> UInt64? {
        counted[column].map { PercentileRule.samples(for: $0.percent) }
    }

    /// Whether a column is a percentile of too few samples.
    package static func isUnsupported(_ column: String, samples: Double) -> Bool {
        samplesNeeded(column).map { samples < Double($0) } ?? false
    }

    /// Whether a column of a file is a percentile of too few samples, as earlier versions wrote them.
    func isUnsupported(_ column: String) -> Bool {
        table.columns[column].map { table.isUnsupported(row, $0) } ?? false
    }
}
