package import ShmCoordinator
internal import ShmCore

/// One round in the notation of results files: read from a file, or measured by this or another process.
package struct Record: Equatable {
    let table: RoundTable
    let row: Int

    init(_ table: RoundTable, row: Int) {
        self.table = table
        self.row = row
    }

    /// - Parameters:
    ///   - fields: the values by column; empty if not measured.
    ///   - unrecorded: facts that only the measuring process knows; `nil` for a round that was read from a file.
    package init(fields: [String: String], unrecorded: Unrecorded? = nil) {
        let names = fields.keys.sorted()
        self.init(RoundTable(RoundColumns(names), names.map { fields[$0] ?? "" }, unrecorded), row: 0)
    }

    package static func == (one: Record, other: Record) -> Bool {
        one.fields == other.fields && one.unrecorded == other.unrecorded
    }

    /// The values by column; empty if not measured.
    package var fields: [String: String] {
        Dictionary(table.columns.names.map { ($0, text($0)) }) { first, _ in first }
    }

    /// Facts that only the measuring process knows; `nil` for a round that was read from a file.
    package var unrecorded: Unrecorded? { table.unrecorded }

    package func text(_ column: String) -> String { table.columns[column].map { table.text(row, $0) } ?? "" }

    /// Whether the round has the column, and no value in it.
    func isEmpty(_ column: String) -> Bool { table.columns[column].map { table.isEmpty(row, $0) } ?? false }

    /// The number in a column; `nil` if it was not measured, or is a percentile of too few samples.
    package func number(_ column: String) -> Double? { table.columns[column].flatMap { table.number(row, $0) } }

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
    package var load: Load { table.cell(row).load }

    /// The first parameter whose value is not that of a requested load: a build without a parameter ignores its word in a
    /// request, and measures another load.
    package func ignored(of requested: Load) -> Parameter? {
        Parameter.all.first { $0.value(requested).text != text($0.column) }
    }

    package var lock: String { table.cell(row).lock }

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
