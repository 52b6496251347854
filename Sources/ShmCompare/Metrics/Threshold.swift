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
        guard let metric = Metric.all.first(where: { $0.name == name }), metric != .integrity else {
            throw Failure.invalid(name, for: option, expected: Metric.thresholdNames)
        }
        guard let share = Percent.share(value), (0...10).contains(share), share > 0 || metric == .heap else {
            throw Failure.invalid(
                value, for: "\(option) \(name)", expected: "more than 0% and at most 1000%, as in 5%")
        }
        return (metric, share)
    }

    /// Those of a command line: `throughput=5%,p99=20%`.
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

    /// All names, for a person.
    package static var names: String { all.map(\.name).joined(separator: ", ") }

    /// Those of a list of names, and integrity in any case: how fast a broken lock is nobody wants to know.
    package static func list(_ names: [String]) throws -> [Metric] {
        let metrics = try names.map { name in
            guard let metric = Metric.all.first(where: { $0.name == name }) else {
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

/// Shares as text.
package enum Percent {
    /// Of a ratio: what has changed.
    package static func change(_ ratio: Double) -> String {
        if !ratio.isFinite { return "+∞%" }
        let percent = (ratio - 1) * 100
        let decimals = abs(percent) < 99.95 ? 1 : 0
        let text = Figure.decimal(percent, decimals)
        return percent >= 0 ? "+\(text)%" : "\(text)%"
    }

    /// A share: 5 or 2.5 percent.
    package static func text(_ share: Double) -> String {
        let percent = share * 100
        return "\(Figure.decimal(percent, abs(percent - percent.rounded()) < 0.05 ? 0 : 1))%"
    }

    /// Reads `5%`; `nil` where it is none.
    package static func share(_ text: String) -> Double? {
        guard text.hasSuffix("%") else { return nil }
        let digits = text.dropLast()
        guard !digits.isEmpty, digits.allSatisfy({ $0.isASCII && ($0.isNumber || $0 == ".") }) else { return nil }
        return Double(digits).map { $0 / 100 }
    }
}
