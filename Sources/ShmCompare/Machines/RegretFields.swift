package import ShmCoordinator
package import ShmRecord

/// A lock's distance from the best on any machine, in JSON.
package struct RegretRow {
    /// `nil` over all loads.
    package let load: Load?
    package let line: GridLine
    /// The machine and the load with the least share; `nil` if there is none.
    package let worst: (machine: String, load: Load)?
    package let interval: (low: Double, high: Double)?
    /// Whether it is the one to choose, of all locks or of those that survive their owner's death.
    package let isSafest: Bool

    package static func rows(_ comparison: MachineComparison) -> [RegretRow] {
        let parts = comparison.loads.map { ($0.load as Load?, $0.lines) } + [(nil, comparison.overall)]
        return parts.flatMap { load, lines in
            let (any, survivor) = MachineComparison.safest(lines)
            return lines.map { line in
                RegretRow(
                    load: load, line: line,
                    worst: line.least.map { (comparison.machines[$0.point.place[0]].name, $0.point.load) },
                    interval: comparison.interval(line), isSafest: [any?.lock, survivor?.lock].contains(line.lock))
            }
        }
    }
}

/// A member of `regrets` in JSON documents.
package typealias RegretColumn = Field<RegretRow>

extension Field where Subject == RegretRow {
    package static let all: [Field<RegretRow>] = [
        Field("lock", kind: .text, roles: .present, "name of the lock") { .text($0.line.lock) },
        Field("scenario", kind: .text, "name of the workload; empty over all loads") { Value($0.load?.scenario) },
        Field("workers", kind: .count, "number of processes that contend; empty over all loads") { row in
            row.load.map { .integer($0.workers) } ?? .empty
        },
        Field("load", kind: .text, "the parameters of the load that are not at their defaults; empty over all loads") {
            row in Value(row.load.map(words))
        },
        Field(
            "least_share", kind: .number, unit: .share,
            "the least of the lock's shares of the best over the machines; empty if it has none"
        ) { Value($0.line.least?.share, decimals: 5) },
        Field(
            "least_share_low", kind: .number, "lower end of the 95 % confidence interval of `least_share`, on its own"
        ) {
            Value($0.interval?.low, decimals: 5)
        },
        Field("least_share_high", kind: .number, "upper end of the interval of `least_share`") {
            Value($0.interval?.high, decimals: 5)
        },
        Field("worst_machine", kind: .text, "machine with the least share") { Value($0.worst?.machine) },
        Field("worst_workers", kind: .count, "number of workers with the least share") { row in
            row.worst.map { .integer($0.load.workers) } ?? .empty
        },
        Field(
            "complete", kind: .boolean, roles: .present,
            "whether the lock has a figure wherever any lock has one, and was never overloaded"
        ) { .boolean($0.line.isComplete) },
        Field(
            "survives_owner_death", kind: .boolean, roles: .present, "whether it promises to survive its owner's death"
        ) { .boolean($0.line.survivesOwnerDeath) },
        Field(
            "wins", kind: .count, roles: .present,
            "number of machines (and loads) on which it is better than each other lock"
        ) {
            .integer($0.line.wins.count)
        },
        Field(
            "safest", kind: .boolean, roles: .present,
            "whether its least share is the greatest, of all locks or of those that survive their owner's death"
        ) { .boolean($0.isSafest) },
    ]

    private static func words(_ load: Load) -> String {
        Parameter.all.compactMap { $0.unusual(load) }.joined(separator: ", ")
    }
}
