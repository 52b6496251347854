internal import Glibc
package import ShmCoordinator
internal import ShmStatistics

/// What a block of turns says about the two sides that their rows do not: the ratios of turns that were next to each other.
/// The rows follow in two lines of a results file, first the base's.
package struct TurnAnswer: Equatable {
    /// The prefix of its line.
    package static let prefix = "turns"

    /// The logarithm of the ratio of the other side to the base, by metric: the Hodges–Lehmann estimate over the pairs. The
    /// ratio of the sums would weigh each turn by its throughput, and one turn that another program disturbed would decide
    /// it.
    package let logRatios: [String: Double]

    package init(_ pairs: [(base: Turn, other: Turn)]) {
        func ratio(_ figure: (Turn) -> Double?) -> Double? {
            let logs = pairs.compactMap { pair -> Double? in
                guard let base = figure(pair.base), let other = figure(pair.other), base > 0, other > 0 else {
                    return nil
                }
                return log(other / base)
            }
            // Pairs of which one turn lacks the figure must be few.
            return 2 * logs.count > pairs.count ? SignedRankInterval(logs, confidence: 0.5)?.estimate : nil
        }
        let figures: [(String, (Turn) -> Double?)] = [
            ("throughput", { Double($0.acquisitions) / Double($0.nanoseconds) }),
            ("cpu", { $0.acquisitions > 0 ? Double($0.cpuMicroseconds) / Double($0.acquisitions) : nil }),
            ("fairness", { $0.fairness }),
        ]
        logRatios = Dictionary(
            uniqueKeysWithValues: figures.compactMap { name, figure in ratio(figure).map { (name, $0) } })
    }

    package var line: String {
        ([Self.prefix] + logRatios.sorted { $0.key < $1.key }.map { "\($0.key)=\($0.value)" }).joined(separator: " ")
    }

    /// Parses a line; `nil` if it is not one.
    package init?(_ line: String) {
        let words = line.split(separator: " ")
        guard words.first == Self.prefix[...] else { return nil }
        var ratios: [String: Double] = [:]
        for word in words.dropFirst() {
            let parts = word.split(separator: "=", maxSplits: 1)
            guard parts.count == 2, let value = Double(parts[1]), value.isFinite else { return nil }
            ratios[String(parts[0])] = value
        }
        logRatios = ratios
    }
}
