internal import ShmRecord

/// The minimum relative change of a metric to report, as users write it: `p99=20%`.
package enum Threshold {
    /// How to write one.
    package static let form = "METRIC=PERCENT, as in p99=20%"

    /// Reads one.
    ///
    /// - Parameter option: the option, or what a file has in its place.
    package static func parse(_ name: String, _ value: String, for option: String = "threshold") throws -> (
        metric: Metric, share: Double
    ) {
        guard let metric = Metric.named(name), metric != .integrity else {
            throw Failure.invalid(name, for: option, expected: Metric.thresholdNames)
        }
        guard let share = Percent.share(value), (0...10).contains(share), share > 0 || metric.judgement == .rule else {
            throw Failure.invalid(
                value, for: "\(option) \(name)", expected: Percent.expected(0...10, isAbove: metric.isRatio))
        }
        return (metric, share)
    }

    /// Parses the value of `--threshold`: `throughput=5%,p99=20%`.
    ///
    /// - Throws: ``Failure`` with the code `usage`.
    package static func parse(_ items: [String]) throws -> [Metric: Double] {
        var thresholds: [Metric: Double] = [:]
        for item in items {
            let parts = item.split(separator: "=", maxSplits: 1).map(String.init)
            guard parts.count == 2 else {
                throw Failure.invalid(item, for: "--threshold", expected: form)
            }
            let (metric, share) = try parse(parts[0], parts[1], for: "--threshold")
            guard thresholds.updateValue(share, forKey: metric) == nil else {
                throw Failure.invalid(item, for: "--threshold", expected: "each metric once")
            }
        }
        return thresholds
    }
}

extension Metric {
    /// The metrics with a threshold. Any integrity failure is reported.
    private static var judged: [Metric] { all.filter { $0 != .integrity } }

    fileprivate static var thresholdNames: String { judged.map(\.name).joined(separator: ", ") }

    /// The least changes that count where nothing else is asked for, as users write them.
    package static var usualThresholds: String {
        judged.map { "\($0.name)=\(Percent.text($0.usualThreshold))" }.joined(separator: ",")
    }

    /// The largest margins that noise may lead to.
    package static var marginCaps: String {
        all.filter(\.isRatio).map { "\($0.name)=\(Percent.text($0.marginCap))" }.joined(separator: ",")
    }

    /// The metric with that name, or with another short name of its column.
    package static func named(_ name: String) -> Metric? {
        all.first { $0.name == name || ResultColumn.areOne($0.name, name) }
    }

    /// The names of all metrics, for messages.
    package static var names: String { all.map(\.name).joined(separator: ", ") }

    /// The metrics with these names, and integrity: the speed of a broken lock is meaningless.
    ///
    /// - Throws: ``Failure`` with the code `usage` if a name is unknown or there is none.
    package static func list(_ names: [String]) throws -> [Metric] {
        let metrics = try names.map { name in
            guard let metric = Metric.named(name) else {
                let hint = LockSelection.nearest(to: name, among: all.map(\.name))
                    .map { "; did you mean `\($0)`?" }
                throw Failure.invalid(name, for: "--metrics", expected: self.names + (hint ?? ""))
            }
            return metric
        }
        if metrics.isEmpty { throw Failure.invalid("", for: "--metrics", expected: self.names) }
        return all.filter { metrics.contains($0) || $0 == .integrity }
    }
}
