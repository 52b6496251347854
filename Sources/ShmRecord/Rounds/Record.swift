package import ShmCoordinator
internal import ShmCore
internal import ShmHarness

/// One round as the results contract writes it: what comes from a file, or from another process that measures.
package struct Record: Equatable {
    /// By the contract's names; an empty text is what was not measured.
    package let fields: [String: String]
    /// What only the process that measured it knows; `nil` of what was read.
    package let unrecorded: Unrecorded?

    package init(fields: [String: String], unrecorded: Unrecorded? = nil) {
        self.fields = fields
        self.unrecorded = unrecorded
    }

    package func text(_ column: String) -> String { fields[column] ?? "" }

    /// A figure; `nil` where it was not measured.
    package func number(_ column: String) -> Double? { Double(text(column)) }

    /// The value of a column, as it was before it was written.
    package func value(_ column: String) -> Value {
        let text = text(column)
        if text.isEmpty { return .empty }
        if ResultsReader.texts.contains(column) { return .text(text) }
        if let integer = Int(text) { return .integer(integer) }
        let decimals = text.split(separator: ".").dropFirst().first?.count ?? 0
        return Double(text).map { .decimal($0, decimals) } ?? .text(text)
    }

    /// What was measured, but for the lock.
    package var load: Load {
        Load(
            scenario: text("scenario"), workers: Int(text("workers")) ?? 0,
            criticalSection: Int(text("critical_section_ns")) ?? 0, think: Int(text("think_ns")) ?? 0,
            counters: Int(text("counters")) ?? 0, arrivals: text("arrivals"), rate: number("rate_per_s") ?? 0,
            pinning: text("pinning"), readPercent: Int(text("read_percent")) ?? 0)
    }

    package var lock: String { text("lock") }

    /// Whether the oracle's finding is what the lock promises; a lock that this program does not know promises to exclude.
    package var isAsPromised: Bool {
        if unrecorded?.killBreach != nil { return false }
        return Self.isAsPromised(
            lock: lock, integrity: text("integrity"), killFailures: number("kill_failures") ?? 0)
    }

    /// The same of a round's own values.
    package static func isAsPromised(lock: String, integrity: String, killFailures: Double) -> Bool {
        if killFailures > 0 { return false }
        return switch RoundResult.Integrity(rawValue: integrity) {
        case .ok: true
        case .failed: !(LockKind(named: lock)?.properties.excludes ?? true)
        case .stuck, nil: false
        }
    }
}

/// Under what a lock is measured: a cell without its lock.
package struct Load: Hashable {
    package var scenario: String
    package var workers: Int
    package var criticalSection: Int
    package var think: Int
    package var counters: Int
    package var arrivals: String
    package var rate: Double
    package var pinning: String
    package var readPercent: Int

    package init(
        scenario: String, workers: Int, criticalSection: Int, think: Int, counters: Int, arrivals: String, rate: Double,
        pinning: String, readPercent: Int
    ) {
        self.scenario = scenario
        self.workers = workers
        self.criticalSection = criticalSection
        self.think = think
        self.counters = counters
        self.arrivals = arrivals
        self.rate = rate
        self.pinning = pinning
        self.readPercent = readPercent
    }

    package init(_ cell: Cell) {
        self.init(
            scenario: cell.scenario, workers: cell.workers, criticalSection: cell.criticalSection, think: cell.think,
            counters: cell.counters, arrivals: cell.spacing.name, rate: cell.spacing == .closed ? 0 : cell.rate,
            pinning: cell.pinning.rawValue, readPercent: cell.readPercent)
    }
}
