package import ShmCoordinator
package import ShmCore

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

    /// What was measured, but for the lock. What is missing or wrong is the usual; ``ResultsReader`` has refused it.
    package var load: Load {
        Parameter.all.reduce(into: Load()) { load, parameter in
            try? parameter.restore(text(parameter.column), for: parameter.column, in: &load)
        }
    }

    package var lock: String { text("lock") }

    /// Where it was measured, kernel included, for a person.
    package var platform: String { ResultColumn.all.names(.platform).map(text).joined(separator: ", ") }

    /// Whether the oracle's finding is what the lock promises; a lock that this program does not know promises to exclude.
    package var isAsPromised: Bool {
        if unrecorded?.killBreach != nil { return false }
        return Self.isAsPromised(
            lock: lock, integrity: text("integrity"), killFailures: number("kill_failures") ?? 0)
    }

    /// The same of a round's own values.
    package static func isAsPromised(lock: String, integrity: String, killFailures: Double) -> Bool {
        killFailures == 0 && RoundResult.Integrity(rawValue: integrity)?.isAsPromised(by: LockKind(named: lock)) == true
    }
}

extension RoundResult.Integrity {
    /// Whether it is what a lock promises; one that this program does not know promises to exclude.
    package func isAsPromised(by lock: LockKind?) -> Bool {
        switch self {
        case .ok: true
        case .failed: lock.map { !$0.properties.excludes } ?? false
        case .stuck: false
        }
    }
}
