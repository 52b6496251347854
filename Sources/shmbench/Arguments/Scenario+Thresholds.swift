internal import ShmCompare
internal import ShmCore
internal import ShmRecord

extension Scenario {
    /// The minimum changes to report, from a scenario's text.
    static func thresholds(_ text: String, path: String) throws -> [Metric: Double] {
        var thresholds: [Metric: Double] = [:]
        try self.thresholds(text, path: path) { name, value in
            let (metric, threshold) = try Threshold.parse(name, value)
            thresholds[metric] = threshold
        }
        return thresholds
    }

    /// The workloads of a text; its thresholds are checked as well.
    static func workloads(
        _ text: String, path: String, locks: [LockKind]?, workers: [Int]?, stuckAfter: Int
    ) throws -> [Workload] {
        try workloads(text, path: path, locks: locks, workers: workers, stuckAfter: stuckAfter) {
            _ = try Threshold.parse($0, $1)
        }
    }
}
