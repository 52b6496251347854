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
        let measured = lines.filter { $0.opportunityGain != nil }
        let far = measured.filter { abs($0.opportunityGain ?? 0) > Self.leastDifference }
        let below = far.filter { $0.isOpportunityGainSteady && $0.opportunityGain ?? 0 < 0 }
        let above = far.filter { $0.isOpportunityGainSteady && $0.opportunityGain ?? 0 > 0 }
        let unsteady = far.filter { !$0.isOpportunityGainSteady }
        let alike = measured.filter { abs($0.opportunityGain ?? 0) <= Self.leastDifference }
        var clauses: [String] = []
        if !below.isEmpty {
            let time = TimeSpan(nanoseconds: long.busy)
            let held = Self.span(below.compactMap(\.longHolds)) { Percent.text(($0 * 100).rounded() / 100) }
            clauses.append(
                "less even with \(list(below)) (\(indices(below))), where sections of \(time) are \(held) of the time held"
            )
        }
        if !above.isEmpty { clauses.append("more even with \(list(above)) (\(indices(above)))") }
        if !alike.isEmpty { clauses.append("as even with \(list(alike)) (\(indices(alike)))") }
        if !unsteady.isEmpty { clauses.append("now less, now more even with \(list(unsteady)), by round") }
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
        let acquisitions = Self.span(lines.compactMap(\.orderWindowJain)) { Figure.decimal($0, 2) }
        return "Jain's index \(opportunity), of acquisitions in the same window \(acquisitions)"
    }

    /// The smallest and the largest figure.
    private static func span(_ figures: [Double], _ text: (Double) -> String) -> String {
        guard let low = figures.min().map(text), let high = figures.max().map(text) else { return "-" }
        return low == high ? low : "\(low) to \(high)"
    }
}
