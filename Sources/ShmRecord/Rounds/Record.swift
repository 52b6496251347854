package import ShmCoordinator
internal import ShmCore

/// One round in the notation of results files: read from a file, or measured by this or another process.
package struct Record: Equatable {
    /// The values by column; empty if not measured.
    package let fields: [String: String]
    /// Facts that only the measuring process knows; `nil` for a round that was read from a file.
    package let unrecorded: Unrecorded?

    package init(fields: [String: String], unrecorded: Unrecorded? = nil) {
        self.fields = fields
        self.unrecorded = unrecorded
    }

    package func text(_ column: String) -> String { fields[column] ?? "" }

    /// The number in a column; `nil` if it was not measured, or is a percentile of too few samples.
    package func number(_ column: String) -> Double? { isUnsupported(column) ? nil : Double(text(column)) }

    /// The typed value of a column.
    package func value(_ column: String) -> Value {
        let text = text(column)
        if text.isEmpty { return .empty }
        switch ResultsReader.kinds[column] {
        case .boolean where text == "yes" || text == "no": return .boolean(text == "yes")
        case .text, .words, .boolean, .list: return .text(text)
        case .count, .number, nil: break
        }
        if let integer = Int(text) { return .integer(integer) }
        let decimals = text.split(separator: ".").dropFirst().first?.count ?? 0
        return Double(text).map { .decimal($0, decimals) } ?? .text(text)
    }

    /// The load. A missing or invalid parameter has its default; ``ResultsReader`` rejects such files.
    package var load: Load {
        Parameter.all.reduce(into: Load()) { load, parameter in
            try? parameter.restore(text(parameter.column), for: parameter.column, in: &load)
        }
    }

    /// The first parameter whose value is not that of a requested load: a build without a parameter ignores its word in a
    /// request, and measures another load.
    package func ignored(of requested: Load) -> Parameter? {
        Parameter.all.first { $0.value(requested).text != text($0.column) }
    }

    package var lock: String { text("lock") }

    /// The machine and its kernel, for messages.
    package var platform: String { ResultColumn.all.names(.platform).map(text).joined(separator: ", ") }

    /// Whether the lock kept its promises. A lock that this program does not know promises mutual exclusion.
    package var isAsPromised: Bool {
        if unrecorded?.killBreach != nil { return false }
        return Self.isAsPromised(
            lock: lock, integrity: text("integrity"), killFailures: number("kill_failures") ?? 0)
    }

    /// Whether the lock kept its promises, from the values of the columns.
    package static func isAsPromised(lock: String, integrity: String, killFailures: Double) -> Bool {
        killFailures == 0 && RoundResult.Integrity(rawValue: integrity)?.isAsPromised(by: LockKind(named: lock)) == true
    }
}
