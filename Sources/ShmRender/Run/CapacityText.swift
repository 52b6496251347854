internal import ShmCompare
internal import ShmCoordinator
internal import ShmCore
internal import ShmRecord

/// The results of a capacity search in words, for all formats.
struct CapacityText {
    let capacities: [Capacity]
    let bound: TimeSpan

    var title: String { "Highest rate with p99 below \(bound)" }

    /// The rate that a lock sustains; if there is none, the rate below which the search could not look, or `unknown` if
    /// the search ended early.
    static func sustained(_ capacity: Capacity) -> String {
        capacity.sustained.map(Figure.rate)
            ?? (capacity.endedAt == nil ? "<\(Figure.rate(capacity.least))" : "unknown")
    }

    /// What a rate such as `<10.9 k/s` means, and which searches ended early.
    var remarks: [String] {
        let ended = capacities.compactMap { capacity in
            Self.ended(capacity).map { "\(name(capacity)): \($0). Use a longer --duration." }
        }
        let lost = capacities.filter { $0.sustained == nil && $0.endedAt == nil }
        guard let least = lost.first?.least else { return ended }
        return ended + [
            "No rate from \(Figure.rate(least)) on was found for \(RunVerdict.list(lost.map(name))). A lower rate has too few arrivals in a latency window for p99, which needs \(CapacitySearch.arrivals): use a longer --duration."
        ]
    }

    // MARK: For CI services

    /// A case per cell; one without a rate is skipped.
    var suite: Report.Suite {
        Report.Suite(
            title,
            capacities.map { Report.Check(name($0), $0.sustained == nil ? .skipped : .passed, words($0)) })
    }

    /// An annotation per cell.
    var notices: [Report.Notice] {
        capacities.map { Report.Notice($0.sustained == nil ? .warning : .notice, name($0), words($0)) }
    }

    /// The parameters that tell the searches of a grid apart: a rate is a result.
    static func parameters(_ capacities: [Capacity]) -> [Parameter] {
        Parameter.different(capacities.map(\.cell.load)).filter { parameter in
            ![Parameter.scenario, .workers, .rate].contains { $0.column == parameter.column }
        }
    }

    private func name(_ capacity: Capacity) -> String {
        let load = capacity.cell.load
        return
            (["\(capacity.cell.lock.name) × \(load.workers)"]
            + Self.parameters(capacities).map { "\($0.title) \($0.shown(load))" }).joined(separator: ", ")
    }

    /// That the search ended early; `nil` if it did not.
    private static func ended(_ capacity: Capacity) -> String? {
        capacity.endedAt.map {
            "the search ended early at \(Figure.rate($0)): its rounds had too few arrivals for p99"
        }
    }

    private func words(_ capacity: Capacity) -> String {
        let ended = Self.ended(capacity)
        guard let rate = capacity.sustained else {
            if let ended { return "\(ended); the closed loop has \(Figure.rate(capacity.closed))" }
            return
                "sustains no rate from \(Figure.rate(capacity.least)) on with p99 below \(bound), and lower ones have too few arrivals for p99; the closed loop has \(Figure.rate(capacity.closed))"
        }
        let p99 = capacity.p99.map { " with p99 \(Figure.time($0)), bound \(bound)" } ?? ""
        let failed = capacity.tooHigh.map { ", fails at \(Figure.rate($0))" } ?? ""
        let early = ended.map { "; \($0)" } ?? ""
        return
            "sustains \(Figure.rate(rate))\(p99)\(failed)\(early); the closed loop has \(Figure.rate(capacity.closed))"
    }
}
