internal import ShmCompare
internal import ShmCoordinator
internal import ShmRecord

/// The texts of machines and of the cells of their maps, in all formats.
enum MachineWords {
    /// A ratio with about three digits: `1.98`, `0.013`.
    static func ratio(_ ratio: Double) -> String {
        if ratio >= 999.5 { return Figure.count(ratio) }
        if ratio < 0.0005 { return "<0.001" }
        return Figure.decimal(ratio, ratio >= 99.95 ? 0 : ratio >= 9.995 ? 1 : ratio >= 0.0995 ? 2 : 3)
    }

    /// The ends of an interval: `1.90–2.05`; empty if there is none.
    static func interval(_ interval: (low: Double, high: Double)?) -> String {
        interval.map { "\(ratio($0.low))–\(ratio($0.high))" } ?? ""
    }

    static func cell(_ cell: MachineMap.Cell?, reference: String) -> String {
        switch cell {
        case nil: GridWords.gap(.unmeasured)
        case .ratio(let ratio): self.ratio(ratio.value)
        case .gap(let gap): GridWords.gap(gap)
        case .noReference: "no \(reference)"
        }
    }

    /// The title of a map.
    static func title(_ map: MachineMap, reference: String) -> String {
        map.metric.isBetterWhenMore
            ? "Throughput relative to that of \(reference) on the same machine"
            : "p99 relative to that of \(reference) on the same machine, less is better"
    }

    static let bestTitle = "Best lock on each machine"

    /// A share in percent, and the machine that has it: `85% n3`.
    static func least(_ line: GridLine, _ machines: [ComparedMachine]) -> String {
        guard let least = line.least else { return "–" }
        return "\(GridWords.share(least.share))% \(name(least.point, machines))"
    }

    /// The machine of a point.
    static func name(_ point: GridPoint, _ machines: [ComparedMachine]) -> String { machines[point.place[0]].name }

    /// The number of names in a list.
    private static let most = 6

    /// `n1`, `n1 and n2`, or the first of many and the number of others.
    static func list(_ names: [String]) -> String {
        if names.count > most {
            return names.prefix(most - 1).joined(separator: ", ") + " and \(names.count - most + 1) more"
        }
        if names.count < 2 { return names.first ?? "" }
        return names.dropLast().joined(separator: ", ") + " and " + names[names.count - 1]
    }

    /// The step of a ratio on a scale of shades: 0 is far worse than the reference, 3 as good, 5 far better.
    static func step(_ ratio: Double, _ metric: Metric) -> Int {
        let goodness = metric.isBetterWhenMore ? ratio : 1 / ratio
        return [0.1, 0.5, 0.9, 1.1, 2].count { goodness >= $0 }
    }

    /// Explains the maps.
    static func legend(_ comparison: MachineComparison) -> String {
        let gaps = comparison.loads.flatMap(\.maps).flatMap { $0.cells.values.joined() }
        let hasGap = gaps.contains { if case .gap = $0 { true } else { false } }
        let isWithout = gaps.contains { if case .noReference = $0 { true } else { false } }
        return
            "Ratios are estimated from all pairs of rounds of a lock and \(comparison.reference) on one machine, each with its own 95 % confidence interval; least: the least share of the best lock's figure, and where."
            + (hasGap ? " –: not measured; few: too few samples." : "")
            + (isWithout ? " no \(comparison.reference): it has no figure there." : "")
    }
}
