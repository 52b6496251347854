internal import ShmCoordinator
internal import ShmCore

/// A column of the results of a capacity search: schema 1, in its order. Append new fields.
package typealias CapacityColumn = Field<Capacity>

extension Field where Subject == Capacity {
    /// All fields.
    package static let all: [Field<Capacity>] = figures + load

    /// The load but for its number of workers and its rate, which have fields of their own.
    private static let load: [Field<Capacity>] = Parameter.all.filter { parameter in
        ![Parameter.scenario, .workers, .rate].contains { $0.column == parameter.column }
    }.map { parameter in
        let column = ResultColumn.all[parameter.column]
        return Field(column.name, kind: column.kind, roles: column.roles.intersection(.present), column.doc) {
            parameter.value($0.cell.load)
        }
    }

    private static let figures: [Field<Capacity>] = [
        Field("lock", kind: .text, roles: .present, "name of the lock (`shmbench list`)") { .text($0.cell.lock.name) },
        Field("workers", kind: .count, roles: .present, "number of processes that contend for the lock") {
            .integer($0.cell.workers)
        },
        Field(
            "sustained_per_s", title: "sustains",
            "highest rate at which p99 was below the bound; empty if none was found from `least_per_s` on, or before the search ended early"
        ) { Value($0.sustained, decimals: 1) },
        Field("p99_ns", title: "p99 there", "median p99 at that rate") { Value($0.p99, decimals: 1) },
        Field("failed_per_s", title: "fails at", "lowest rate at which it was not; empty if it was at every rate") {
            Value($0.tooHigh, decimals: 1)
        },
        Field("closed_loop_per_s", title: "closed loop", roles: .present, "acquisitions per second in a closed loop") {
            Value($0.closed, decimals: 1)
        },
        Field("share", unit: .share, "`sustained_per_s` / `closed_loop_per_s`") { capacity in
            Value(capacity.sustained.map { $0 / capacity.closed }, decimals: 4)
        },
        Field(
            "least_per_s", roles: .present,
            "lowest rate of the search: at a lower one, a latency window has too few arrivals for p99 (\(CapacitySearch.arrivals))"
        ) { Value($0.least, decimals: 1) },
    ]
}
