package import ShmCoordinator
package import ShmCore
internal import ShmHarness

/// What a crash test was asked for.
package struct CrashRequest {
    package let locks: [LockKind]
    package let conditions: CrashConditions

    /// - Parameter results: one for each requested lock, also for those that the test did not reach.
    package init(_ results: [CrashResult], _ conditions: CrashConditions) {
        locks = results.map(\.lock)
        self.conditions = conditions
    }
}

/// A member of `requested` in the JSON of a crash test.
package typealias CrashRequestColumn = Field<CrashRequest>

extension Field where Subject == CrashRequest {
    package static let all: [Field<CrashRequest>] = [
        Field("locks", kind: .list, roles: .present, "names of the locks") {
            .list($0.locks.map { .text($0.name) })
        },
        Field("workers", kind: .count, roles: .present, "processes besides the target") {
            .integer($0.conditions.workers)
        },
        Field("every", kind: .count, roles: .present, "a target is killed at every n-th instruction") {
            .integer($0.conditions.every)
        },
        Field("paths", kind: .list, roles: .present, "paths of the target") {
            .list($0.conditions.paths.map { .text($0.name) })
        },
    ]
}
