package import ShmCoordinator
internal import ShmCore

/// What a run was asked for.
package struct RunRequest {
    package let cells: [Cell]
    package let timing: Timing
    package let rounds: Int
    package let kills: Int
    package let seed: UInt64
    /// The bound of p99 in a capacity search, ns; `nil` for other runs.
    package let bound: TimeSpan?

    package init(cells: [Cell], timing: Timing, rounds: Int, kills: Int, seed: UInt64, bound: TimeSpan? = nil) {
        self.cells = cells
        self.timing = timing
        self.rounds = rounds
        self.kills = kills
        self.seed = seed
        self.bound = bound
    }
}

/// A member of `requested` in the JSON of a run.
package typealias RunRequestColumn = Field<RunRequest>

extension Field where Subject == RunRequest {
    package static let all: [Field<RunRequest>] = [
        Field("locks", kind: .list, roles: .present, "names of the locks") {
            .list($0.cells.map(\.lock.name).uniqued().map { .text($0) })
        },
        Field("workers", kind: .list, roles: .present, "numbers of workers") {
            .list($0.cells.map(\.load.workers).uniqued().map { .integer($0) })
        },
        Field("scenarios", kind: .list, roles: .present, "names of the workloads") {
            .list($0.cells.map(\.load.scenario).uniqued().map { .text($0) })
        },
        Field("rounds", kind: .count, roles: .present, "rounds of each cell") { .integer($0.rounds) },
        Field("warmup_ns", kind: .count, roles: .present, "length of the warm-up before the first window") {
            .integer($0.timing.warmup)
        },
        Field("duration_ns", kind: .count, roles: .present, "length of the throughput window") {
            .integer($0.timing.throughput)
        },
        Field("latency_window_ns", kind: .count, roles: .present, "length of the latency window") {
            .integer($0.timing.latency)
        },
        Field("order_window_ns", kind: .count, roles: .present, "length of the order window") {
            .integer($0.timing.order)
        },
        Field("stuck_after_ns", kind: .count, roles: .present, "time without progress after which a round is stuck") {
            .integer($0.timing.stuckAfter)
        },
        Field("kills", kind: .count, roles: .present, "owners killed after each round of a lock that survives") {
            .integer($0.kills)
        },
        Field("seed", kind: .text, roles: .present, "seed of the order of rounds and of random arrivals") {
            .text("\($0.seed)")
        },
        Field("bound_ns", kind: .count, "upper bound of p99 with `--find-capacity`; empty without") { request in
            request.bound.map { .integer($0.nanoseconds) } ?? .empty
        },
    ]
}
