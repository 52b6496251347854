internal import ShmCoordinator

/// Rounds in the notation of results files: the bytes of all cells, row by row. A ``Record`` is a view of a row, and a cell is
/// parsed when it is asked for, so a file takes little more memory than it has bytes.
final class RoundTable: Sendable {
    /// What a round measures: a lock under a load.
    struct Cell: Sendable {
        let lock: String
        let load: Load
    }

    let columns: RoundColumns
    private let bytes: [UInt8]
    /// The end of each cell in ``bytes``, after that of the byte before the first one: one byte is between two cells.
    private let ends: [UInt32]
    /// What is measured, without repetition, and its position for each row.
    private let cells: [Cell]
    private let cellOfRow: [UInt32]
    /// Facts that only the measuring process knows.
    let unrecorded: Unrecorded?

    /// The rows of a file, whose cells a scanner has found.
    init(_ columns: RoundColumns, _ rows: consuming CSVScanner, cells: [Cell], cellOfRow: [UInt32]) {
        self.columns = columns
        (bytes, ends) = (rows.bytes, rows.ends)
        self.cells = cells
        self.cellOfRow = cellOfRow
        unrecorded = nil
    }

    /// A single round.
    init(_ columns: RoundColumns, _ texts: [String], _ unrecorded: Unrecorded?) {
        var bytes: [UInt8] = []
        var ends: [UInt32] = [.max]
        for text in texts {
            bytes += text.utf8
            ends.append(UInt32(bytes.count))
            bytes.append(0)
        }
        func text(_ column: String) -> String { columns[column].map { texts[$0.index] } ?? "" }
        // A missing or invalid parameter has its default.
        let load = Parameter.all.reduce(into: Load()) { load, parameter in
            try? parameter.restore(text(parameter.column), for: parameter.column, in: &load)
        }
        self.columns = columns
        (self.bytes, self.ends) = (bytes, ends)
        (cells, cellOfRow) = ([Cell(lock: text("lock"), load: load)], [0])
        self.unrecorded = unrecorded
    }

    func cell(_ row: Int) -> Cell { cells[Int(cellOfRow[row])] }

    private func range(_ row: Int, _ index: Int) -> Range<Int> {
        let cell = row * columns.names.count + index
        return Int(ends[cell] &+ 1)..<Int(ends[cell + 1])
    }

    func text(_ row: Int, _ place: RoundColumns.Place) -> String {
        String(decoding: bytes[range(row, place.index)], as: UTF8.self)
    }

    func isEmpty(_ row: Int, _ place: RoundColumns.Place) -> Bool { range(row, place.index).isEmpty }

    /// Whether a cell and one of another table have the same text.
    func hasText(
        _ row: Int, _ place: RoundColumns.Place, of other: RoundTable, _ otherRow: Int, _ otherPlace: RoundColumns.Place
    ) -> Bool {
        bytes[range(row, place.index)] == other.bytes[other.range(otherRow, otherPlace.index)]
    }

    /// The number in a cell; `nil` if it was not measured, or is a percentile of too few samples (``PercentileRule``), as
    /// earlier versions wrote them.
    func number(_ row: Int, _ place: RoundColumns.Place) -> Double? {
        isUnsupported(row, place) ? nil : NumberText.double(bytes, range(row, place.index))
    }

    /// Whether a cell is a percentile of too few samples.
    func isUnsupported(_ row: Int, _ place: RoundColumns.Place) -> Bool {
        guard let samples = place.samples, let count = NumberText.double(bytes, range(row, samples.index)) else {
            return false
        }
        return count < samples.needed
    }
}
