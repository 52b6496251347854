package import ShmCore
package import ShmRecord

/// A column of the catalogue of locks: schema 1, in its order. Append new fields.
package typealias LockColumn = Field<LockKind>

extension Field where Subject == LockKind {
    package static let schema = 1

    package static let all: [Field<LockKind>] = [
        schema(schema),
        text("name", title: "lock", roles: .present, "name in options and results") { $0.name },
        word("family", \.family, "`control`: not a lock, for comparison"),
        word(
            "waiting", title: "waits", \.waiting,
            "what a waiter does: `blocks` (sleeps in the kernel), `parks` (spins for a limited time, then sleeps), `yields` (spins, then yields the CPU between iterations), `spins`, `never`"
        ),
        word(
            "fairness", title: "order", \.fairness,
            "order of grants: `barging` (a process may take a free lock ahead of waiters), `fifo`, `bounded` (each other process passes a waiter at most once), `none`"
        ),
        word(
            "owner_death", title: "owner dies", \.ownerDeath,
            "after the owner's death: `reported` (the next process acquires the lock and learns of the death), `hangs` (all wait forever), `n/a`"
        ),
        flag(
            "survives_waiter_death", title: "waiter dies", \.survivesWaiterDeath,
            "whether the others go on after a waiter is killed"),
        text("kernel_object", title: "kernel object", "kernel object that the lock needs beside its memory") {
            $0.properties.kernelObject
        },
        flag(
            "priority_inheritance", title: "PI", \.priorityInheritance,
            "whether the owner inherits the priority of its waiters"),
        flag("shares_readers", title: "readers", \.sharesReaders, "whether readers share the lock"),
        flag(
            "threads", \.threads,
            "whether threads of one process can contend; otherwise the process counts as one owner"),
        Field(
            "nodes_per_participant", title: "nodes", kind: .count, roles: .present,
            "nodes in shared memory that each participant needs"
        ) { .integer($0.properties.nodesPerParticipant) },
        flag(
            "polls_until_deadline", title: "polls", \.pollsUntilDeadline,
            "whether a wait with a deadline polls, out of order"),
        flag(
            "one_pid_namespace", title: "PID ns", \.onePIDNamespace,
            "whether all participants must be in one PID namespace"),
        flag(
            "excludes", \.excludes,
            "whether it is a lock; controls are not, and must fail the integrity check"),
        Field(
            "is_default", title: "default", kind: .boolean, roles: .present,
            "whether it is the default kind of a new segment"
        ) { .boolean($0 == .default) },
        text("obstacle", "why this machine does not support the lock; empty if it does") { $0.obstacle },
        text("summary", title: "what it is", roles: .present, "description in one line") { $0.properties.summary },
        flag(
            "one_ipc_namespace", title: "IPC ns", \.oneIPCNamespace,
            "whether all participants must be in one IPC namespace"),
        flag(
            "detects_relock", title: "relock", \.detectsRelock,
            "whether the lock itself returns EDEADLK to a thread that locks twice"),
        text(
            "fast_mode_obstacle",
            "why this machine does not support the lock's quiet mode and bias; empty if it does, and for locks without them"
        ) { $0.fastModeObstacle },
    ]

    /// The columns of `list --names`.
    package static let names: [Field<LockKind>] = [all["schema"], all["name"]]

    private static func text(
        _ name: String, title: String? = nil, roles: Roles = [], _ doc: String,
        _ text: @escaping @Sendable (LockKind) -> String?
    ) -> Field { Field(name, title: title, kind: .text, roles: roles, doc) { Value(text($0)) } }

    private static func flag(
        _ name: String, title: String? = nil, _ has: any KeyPath<LockProperties, Bool> & Sendable, _ doc: String
    ) -> Field {
        Field(name, title: title, kind: .boolean, roles: .present, doc) { .boolean($0.properties[keyPath: has]) }
    }

    private static func word<Word: CaseIterable & RawRepresentable<String> & Sendable>(
        _ name: String, title: String? = nil, _ word: any KeyPath<LockProperties, Word> & Sendable, _ doc: String
    ) -> Field {
        Field(name, title: title, kind: .words(of: Word.self), roles: .present, doc) {
            .text($0.properties[keyPath: word].rawValue)
        }
    }
}
