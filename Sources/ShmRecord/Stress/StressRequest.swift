package import ShmCoordinator
package import ShmCore

/// What a stress test was asked for.
package struct StressRequest {
    package let locks: [LockKind]
    package let faults: [Fault]
    package let workers: Int
    package let seed: UInt64
    /// The time of the test; `nil` if the number of episodes was asked for.
    package let duration: TimeSpan?
    package let episodes: Int?

    package init(
        locks: [LockKind], faults: [Fault], workers: Int, seed: UInt64, duration: TimeSpan? = nil, episodes: Int? = nil
    ) {
        self.locks = locks
        self.faults = faults
        self.workers = workers
        self.seed = seed
        self.duration = duration
        self.episodes = episodes
    }
}

/// A member of `requested` in the JSON of a stress test.
package typealias StressRequestColumn = Field<StressRequest>

extension Field where Subject == StressRequest {
    package static let all: [Field<StressRequest>] = [
        Field("locks", kind: .list, roles: .present, "names of the locks") {
            .list($0.locks.map { .text($0.name) })
        },
        Field("faults", kind: .list, roles: .present, "names of the faults") {
            .list($0.faults.map { .text($0.name) })
        },
        Field("workers", kind: .count, roles: .present, "number of processes that contend for the lock") {
            .integer($0.workers)
        },
        Field("seed", kind: .text, roles: .present, "seed of the choice of targets, positions and delays") {
            .text("\($0.seed)")
        },
        Field("duration_ns", kind: .count, "time of the test; empty with `--episodes`") { request in
            request.duration.map { .integer($0.nanoseconds) } ?? .empty
        },
        Field("episodes", kind: .count, "number of times that each fault is injected; empty with `--duration`") {
            request in
            request.episodes.map { .integer($0) } ?? .empty
        },
    ]
}
