extension Record {
    /// Whether two rounds have the same texts in all of some columns.
    package func agrees(with other: Record, in columns: [String]) -> Bool {
        columns.allSatisfy { column in
            switch (table.columns[column], other.table.columns[column]) {
            case (let own?, let others?): table.hasText(row, own, of: other.table, other.row, others)
            case (let own?, nil): table.isEmpty(row, own)
            case (nil, let others?): other.table.isEmpty(other.row, others)
            case (nil, nil): true
            }
        }
    }
}

extension [Record] {
    /// Whether two of the rounds have different texts in one of some columns.
    package func differ(in columns: [String]) -> Bool {
        first.map { first in contains { !$0.agrees(with: first, in: columns) } } ?? false
    }
}
