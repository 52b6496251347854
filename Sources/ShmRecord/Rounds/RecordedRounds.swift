/// The contents of a results file: its columns, and its rounds with their line numbers.
package struct RecordedRounds {
    /// The name of the file in messages.
    package let path: String
    /// The columns, in the file's order.
    package let columns: [String]
    /// The rounds, in the file's order; lines count from 1.
    package let rounds: [(line: Int, record: Record)]

    package var records: [Record] { rounds.map(\.record) }

    /// Columns that this version does not know, from a later version.
    package var unknownColumns: [String] {
        let known = Set(ResultColumn.all.map(\.name))
        return columns.filter { !known.contains($0) }
    }
}
