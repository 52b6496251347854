/// A results file that was read: its columns, and its rounds with their places.
package struct RecordedRounds {
    /// By which messages name it.
    package let path: String
    /// In the file's order.
    package let columns: [String]
    /// In the file's order; lines are counted from 1.
    package let rounds: [(line: Int, record: Record)]

    package var records: [Record] { rounds.map(\.record) }

    /// Columns that this version does not know: a later one wrote the file.
    package var unknownColumns: [String] {
        let known = Set(ResultColumn.all.map(\.name))
        return columns.filter { !known.contains($0) }
    }
}
