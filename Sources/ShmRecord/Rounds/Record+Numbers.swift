extension Sequence<Record> {
    /// The numbers in a column, of the rounds that have one (``Record/number(_:)``).
    package func numbers(_ column: String) -> [Double] {
        var columns: RoundColumns?
        var place: RoundColumns.Place?
        return compactMap { record in
            let table = record.table
            // Rounds of one file, and of most files, have the same columns.
            if table.columns !== columns { (columns, place) = (table.columns, table.columns[column]) }
            return place.flatMap { table.number(record.row, $0) }
        }
    }

    /// The texts in a column, of the rounds that have one, without repetition.
    package func distinctTexts(_ column: String) -> [String] {
        var seen: Set<String> = []
        var last = ""
        return compactMap { record in
            let text = record.text(column)
            if text.isEmpty || text == last { return nil }
            last = text
            return seen.insert(text).inserted ? text : nil
        }
    }
}
