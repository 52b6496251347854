internal import Glibc
package import ShmRecord

/// What two things are compared by.
package enum Metric: String, CaseIterable, Sendable {
    case throughput, p50, p99, hold
    case handoff = "hand-off"
    case fairness, cpu, heap, recovery, integrity

    /// What it is, for a person.
    package var summary: String {
        switch self {
        case .throughput: "acquisitions a second"
        case .p50: "median time to acquire"
        case .p99: "99th percentile of the time to acquire"
        case .hold: "median time for which the lock is held"
        case .handoff: "median time from a release to the next owner, who waited"
        case .fairness: "Jain's index of the workers' counts"
        case .cpu: "CPU time of all workers per acquisition"
        case .heap: "heap bytes per acquisition; any rise from 0 is a regression"
        case .recovery: "median time from an owner's death to the next acquisition, of locks that survive it"
        case .integrity: "lost updates, overlaps, stuck rounds, hangs after kills; any is a failure"
        }
    }

    /// Whether more of it is better.
    package var isBetterWhenMore: Bool { self == .throughput || self == .fairness }

    /// Those that are compared by ratios. The others are judged by rules.
    package var isRatio: Bool { self != .heap && self != .integrity }

    /// A smaller change is none, as a share of the base, where nothing else is asked for. It is above what builds of one
    /// source differ by for no reason (the placing of code and stacks), and for the tails and what depends on the scheduler
    /// above what such differences are amplified to.
    package var usualThreshold: Double {
        switch self {
        case .throughput, .cpu: 0.03
        case .p50, .hold, .fairness: 0.05
        case .p99, .handoff: 0.1
        case .recovery: 0.25
        case .heap, .integrity: 0
        }
    }

    /// Its value in a round; `nil` where it was not measured.
    package func value(_ record: Record) -> Double? {
        switch self {
        case .throughput: record.number("throughput_per_s")
        case .p50: record.number("acquire_p50_ns")
        case .p99: record.number("acquire_p99_ns")
        case .hold: record.number("hold_p50_ns")
        case .handoff: record.number("handoff_p50_ns")
        case .fairness: record.number("workers").flatMap { $0 > 1 ? record.number("fairness_jain") : nil }
        case .cpu:
            record.number("user_s").flatMap { user in
                record.number("system_s").flatMap { system in
                    record.number("acquisitions").flatMap { $0 > 0 ? (user + system) * 1e9 / $0 : nil }
                }
            }
        case .heap: record.number("heap_bytes_per_op")
        case .recovery: record.number("recovery_p50_ns")
        case .integrity: record.isAsPromised ? 1 : 0
        }
    }

    /// The logarithm of its value in a round; `nil` where there is none.
    package func logarithm(_ record: Record) -> Double? { value(record).flatMap { $0 > 0 ? log($0) : nil } }

    /// The steps in which it is measured: a difference of one says nothing.
    package func step(_ record: Record) -> Double {
        switch self {
        case .p50, .p99, .hold, .handoff: record.number("clock_step_ns") ?? 0
        default: 0
        }
    }

    /// Whether it exists under a load, as far as that is known beforehand: not every hypothesis is one everywhere.
    package func isMeasured(workers: Int, kills: Bool) -> Bool {
        switch self {
        case .handoff, .fairness: workers > 1
        case .recovery: kills && workers > 1
        default: true
        }
    }

    /// A value for a person.
    package func shown(_ value: Double) -> String {
        switch self {
        case .throughput: Figure.rate(value)
        case .p50, .p99, .hold, .handoff, .recovery: Figure.time(value)
        case .cpu: value < 100 ? "\(Figure.decimal(value, 2)) ns" : Figure.time(value)
        case .fairness: Figure.decimal(value, 3)
        case .heap: "\(Figure.decimal(value, 3)) B"
        case .integrity: value == 1 ? "ok" : "BROKEN"
        }
    }

    package var unit: String {
        switch self {
        case .throughput: "1/s"
        case .p50, .p99, .hold, .handoff, .recovery, .cpu: "ns"
        case .heap: "bytes"
        case .fairness, .integrity: ""
        }
    }
}
