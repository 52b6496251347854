internal import ShmCoordinator
package import ShmRecord

/// A lock on a machine, in JSON: its ratio to the reference, and its distance from the best.
package struct MachineRatioRow {
    package let summary: CellSummary
    package let machine: ComparedMachine
    package let reference: String
    package let metric: Metric
    package let cell: MachineMap.Cell
    /// The share of the best lock; `nil` without one, and for figures by which locks are not ranked.
    package let share: Double?

    package static func rows(_ comparison: MachineComparison) -> [MachineRatioRow] {
        comparison.loads.flatMap { load in
            load.maps.enumerated().flatMap { number, map in
                comparison.machines.indices.flatMap { index in
                    load.lines.compactMap { line -> MachineRatioRow? in
                        let machine = comparison.machines[index]
                        guard let summary = machine.summary(line.lock, load.load),
                            let cell = map.cells[line.lock]?[index]
                        else { return nil }
                        let share = number == 0 ? load.points[index].flatMap { try? $0.share(line.lock).get() } : nil
                        return MachineRatioRow(
                            summary: summary, machine: machine, reference: comparison.reference, metric: map.metric,
                            cell: cell, share: share)
                    }
                }
            }
        }
    }
}

/// A member of `machines` in JSON documents.
package typealias MachineRatioColumn = Field<MachineRatioRow>

extension Field where Subject == MachineRatioRow {
    package static let all: [Field<MachineRatioRow>] = name + identity + figures

    private static let name: [Field<MachineRatioRow>] = [
        Field("machine", kind: .text, roles: .present, "name of the machine in this document") {
            .text($0.machine.name)
        }
    ]

    /// The lock and its load, with the names of the results.
    private static let identity: [Field<MachineRatioRow>] = SummaryColumn.all.filter { $0.roles.contains(.cell) }.map {
        column in
        Field(column.name, title: column.title, kind: column.kind, roles: column.roles, column.doc) {
            column.value($0.summary)
        }
    }

    private static let figures: [Field<MachineRatioRow>] = [
        Field("figure", kind: .words(["throughput", "p99"]), roles: .present, "metric of the ratio") {
            .text($0.metric.name)
        },
        Field("reference", kind: .text, roles: .present, "lock to which the ratio is taken (`--reference`)") {
            .text($0.reference)
        },
        Field(
            "ratio", kind: .number,
            "ratio of the lock's figure to the reference's on this machine, estimated from all pairs of rounds; empty where one of them has no figure"
        ) { Value($0.cell.ratio?.value, decimals: 5) },
        Field(
            "ratio_low", kind: .number,
            "lower end of the 95 % confidence interval of `ratio`, on its own; empty for the reference, and if so few rounds have none"
        ) { Value($0.cell.ratio?.interval?.low, decimals: 5) },
        Field("ratio_high", kind: .number, "upper end of that interval") {
            Value($0.cell.ratio?.interval?.high, decimals: 5)
        },
        Field(
            "best_share", kind: .number, unit: .share,
            "the figure as a share of the best lock's on this machine: 1 is as good, less is worse; empty without one, and for figures by which locks are not ranked"
        ) { Value($0.share, decimals: 5) },
        Field(
            "gap", kind: .words(GridGap.allCases.map(\.word) + ["no-reference"]),
            "why there is no ratio; empty if there is one"
        ) { row in
            switch row.cell {
            case .ratio: .empty
            case .gap(let gap): .text(gap.word)
            case .noReference: .text("no-reference")
            }
        },
    ]
}

extension GridGap {
    /// The word in documents for programs.
    package var word: String {
        switch self {
        case .unmeasured: "not-measured"
        case .stuck: "stuck"
        case .broken: "broken"
        case .overloaded: "overloaded"
        case .tooFew: "few-samples"
        case .zero: "zero"
        case .onlyControls: "only-controls"
        case .noBest: "no-best"
        }
    }
}
