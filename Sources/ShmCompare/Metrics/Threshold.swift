internal import ShmRecord

/// The least change of a metric that counts, as users write it: `p99=20%`.
package enum Threshold {
    /// Reads one; says what is wrong with it.
    package static func parse(_ name: String, _ value: String) throws -> (metric: Metric, share: Double) {
        guard let metric = Metric.all.first(where: { $0.name == name }) else {
            throw Failure("there is no metric \(name.debugDescription): \(Metric.names)", code: .usage)
        }
        if metric == .integrity {
            throw Failure("integrity has no threshold: any breach is a failure", code: .usage)
        }
        guard let share = Percent.share(value), (0...10).contains(share), share > 0 || metric == .heap else {
            throw Failure(
                "a threshold of \(value.debugDescription) for \(name) makes no sense: write it as in \"5%\", more than 0 and at most 1000%",
                code: .usage)
        }
        return (metric, share)
    }

    /// Those of a command line: `throughput=5%,p99=20%`.
    package static func parse(_ items: [String]) throws -> [Metric: Double] {
        var thresholds: [Metric: Double] = [:]
        for item in items {
            let parts = item.split(separator: "=", maxSplits: 1).map(String.init)
            guard parts.count == 2 else {
                throw Failure("--threshold \(item) makes no sense: write METRIC=PERCENT, as in p99=20%", code: .usage)
            }
            let (metric, share) = try parse(parts[0], parts[1])
            guard thresholds.updateValue(share, forKey: metric) == nil else {
                throw Failure("--threshold has \(metric.name) twice", code: .usage)
            }
        }
        return thresholds
    }
}

extension Metric {
    /// The least changes that count where nothing else is asked for, as users write them.
    package static var usualThresholds: String {
        all.filter { $0 != .integrity }.map { "\($0.name)=\(Percent.text($0.usualThreshold))" }.joined(separator: ",")
    }

    /// All names, for a person.
    package static var names: String { all.map(\.name).joined(separator: ", ") }

    /// Those of a list of names, and integrity in any case: how fast a broken lock is nobody wants to know.
    package static func list(_ names: [String]) throws -> [Metric] {
        let metrics = try names.map { name in
            guard let metric = Metric.all.first(where: { $0.name == name }) else {
                let hint = LockSelection.nearest(to: name, among: all.map(\.name))
                throw Failure(
                    "there is no metric \(name.debugDescription)\(hint.map { "; did you mean `\($0)`?" } ?? ""): \(self.names)",
                    code: .usage)
            }
            return metric
        }
        if metrics.isEmpty { throw Failure("--metrics names none: \(self.names)", code: .usage) }
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
