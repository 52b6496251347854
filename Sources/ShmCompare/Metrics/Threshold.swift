internal import ShmRecord

/// The notation of a minimum relative change to report: `p99=20%`.
package enum Threshold {
    /// Parses one threshold.
    ///
    /// - Throws: ``Failure`` with the code `usage` if the metric or the share is invalid.
    package static func parse(_ name: String, _ value: String) throws -> (metric: Metric, share: Double) {
        guard let metric = Metric.all.first(where: { $0.name == name }) else {
            throw Failure.invalid(name, for: "the metric of a threshold", expected: Metric.names)
        }
        if metric == .integrity {
            throw Failure.invalid(
                name, for: "the metric of a threshold",
                expected: "another metric, since any breach of integrity is a failure")
        }
        guard let share = Percent.share(value), (0...10).contains(share), share > 0 || metric == .heap else {
            throw Failure.invalid(
                value, for: "the threshold of \(name)", expected: "a percentage above 0% and up to 1000%, as in \"5%\"")
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
                throw Failure.invalid(item, for: "--threshold", expected: "METRIC=PERCENT, as in p99=20%")
            }
            let (metric, share) = try parse(parts[0], parts[1])
            guard thresholds.updateValue(share, forKey: metric) == nil else {
                throw Failure.invalid(item, for: "--threshold", expected: "one threshold of \(metric.name)")
            }
        }
        return thresholds
    }
}

extension Metric {
    /// The default minimum relative changes to report, in the notation of `--threshold`.
    package static var usualThresholds: String {
        all.filter { $0 != .integrity }.map { "\($0.name)=\(Percent.text($0.usualThreshold))" }.joined(separator: ",")
    }

    /// The names of all metrics, for messages.
    package static var names: String { all.map(\.name).joined(separator: ", ") }

    /// The metrics with these names, and integrity: the speed of a broken lock is meaningless.
    ///
    /// - Throws: ``Failure`` with the code `usage` if a name is unknown or there is none.
    package static func list(_ names: [String]) throws -> [Metric] {
        let metrics = try names.map { name in
            guard let metric = Metric.all.first(where: { $0.name == name }) else {
                let hint = LockSelection.nearest(to: name, among: all.map(\.name))
                throw Failure.invalid(
                    name, for: "--metrics", expected: self.names + (hint.map { "; did you mean `\($0)`?" } ?? ""))
            }
            return metric
        }
        if metrics.isEmpty { throw Failure.invalid("", for: "--metrics", expected: self.names) }
        return all.filter { metrics.contains($0) || $0 == .integrity }
    }
}

/// Formats and parses percentages.
package enum Percent {
    /// The change that a ratio stands for.
    package static func change(_ ratio: Double) -> String {
        if !ratio.isFinite { return "+∞%" }
        let percent = (ratio - 1) * 100
        let decimals = abs(percent) < 99.95 ? 1 : 0
        let text = Figure.decimal(percent, decimals)
        return percent >= 0 ? "+\(text)%" : "\(text)%"
    }

    /// A share: `5%` or `2.5%`.
    package static func text(_ share: Double) -> String {
        let percent = share * 100
        return "\(Figure.decimal(percent, abs(percent - percent.rounded()) < 0.05 ? 0 : 1))%"
    }

    /// Parses `5%`; `nil` if it is invalid.
    package static func share(_ text: String) -> Double? {
        guard text.hasSuffix("%") else { return nil }
        let digits = text.dropLast()
        guard !digits.isEmpty, digits.allSatisfy({ $0.isASCII && ($0.isNumber || $0 == ".") }) else { return nil }
        return Double(digits).map { $0 / 100 }
    }
}
