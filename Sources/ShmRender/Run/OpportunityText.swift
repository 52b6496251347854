internal import ShmCompare
internal import ShmCoordinator
internal import ShmRecord

/// With unequal critical sections: how the fairness of acquisitions and that of lock opportunity differ.
struct OpportunityText {
    /// The locks under one load.
    let lines: [CellSummary]
    /// The lock's name, with the sign of those that survive.
    let name: (CellSummary) -> String

    /// The least difference of the two indices that is named.
    private static let leastDifference = 0.05

    /// The sentence; empty if sections are equal, or nothing was measured.
    var sentence: [String] {
        guard let shares = lines.first?.load.sectionShares, let long = shares.classes.last else { return [] }
        let measured = lines.filter { $0.difference != nil }
        let below = measured.filter { ($0.difference ?? 0) < -Self.leastDifference }
        let above = measured.filter { ($0.difference ?? 0) > Self.leastDifference }
        let alike = measured.filter { abs($0.difference ?? 0) <= Self.leastDifference }
        var clauses: [String] = []
        if !below.isEmpty {
            let holds = below.compactMap(\.longHolds)
            let time = TimeSpan(nanoseconds: long.busy)
            let held = Self.span(holds) { Percent.text(($0 * 100).rounded() / 100) }
            clauses.append(
                "less fair with \(list(below)) (\(indices(below))): sections of \(time) are \(held) of the time held")
        }
        if !above.isEmpty { clauses.append("fairer with \(list(above)) (\(indices(above)))") }
        if !alike.isEmpty { clauses.append("as fair with \(list(alike)) (\(indices(alike)))") }
        return clauses.isEmpty
            ? [] : ["compared with acquisitions, lock opportunity is " + clauses.joined(separator: "; ") + "."]
    }

    private func list(_ lines: [CellSummary]) -> String {
        lines.count > 7
            ? RunVerdict.list(lines.prefix(6).map(name) + ["\(lines.count - 6) more"])
            : RunVerdict.list(lines.map(name))
    }

    private func indices(_ lines: [CellSummary]) -> String {
        let opportunity = Self.span(lines.compactMap(\.opportunity)) { Figure.decimal($0, 2) }
        let acquisitions = Self.span(lines.compactMap(\.jain)) { Figure.decimal($0, 2) }
        return "opp \(opportunity), jain \(acquisitions)"
    }

    /// The smallest and the largest figure.
    private static func span(_ figures: [Double], _ text: (Double) -> String) -> String {
        guard let low = figures.min().map(text), let high = figures.max().map(text) else { return "-" }
        return low == high ? low : "\(low) to \(high)"
    }
}

extension CellSummary {
    /// By how much the index of opportunity exceeds that of acquisitions.
    fileprivate var difference: Double? {
        guard let opportunity, let jain else { return nil }
        return opportunity - jain
    }
}
