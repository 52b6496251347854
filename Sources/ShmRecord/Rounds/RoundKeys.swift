/// What tells the rounds of several files apart: texts by number, so that a round is two numbers.
struct RoundKeys {
    /// The texts of some cells of a row.
    private struct Texts: Hashable {
        var bytes: [UInt8] = []

        static func == (one: Texts, other: Texts) -> Bool { one.bytes == other.bytes }

        func hash(into hasher: inout Hasher) {
            unsafe bytes.withUnsafeBytes { unsafe hasher.combine(bytes: $0) }
        }

        /// Appends a text with its length, so that no two lists of texts are alike.
        mutating func append(_ bytes: ArraySlice<UInt8>) {
            unsafe withUnsafeBytes(of: UInt32(bytes.count)) { unsafe self.bytes.append(contentsOf: $0) }
            self.bytes.append(contentsOf: bytes)
        }
    }

    private struct Round: Hashable {
        let cell: Int32
        /// The number of the round, and the run.
        let turn: Int32
    }

    /// The line of a round in a file.
    struct Place {
        let file: Int32
        let line: Int32
    }

    /// The columns that identify a cell, and those that identify a round of it.
    private static let columns = (cell: ResultColumn.all.names(.cell), turn: ResultColumn.all.names(.round))

    private var texts = Texts()
    private var cells: [Texts: Int32] = [:]
    private var turns: [Texts: Int32] = [:]
    private var places: [Round: Place] = [:]
    /// The rounds of the present file, and their places in earlier ones.
    private var changed: [(Round, Place?)] = []
    /// The cells by their numbers.
    private(set) var known: [RoundTable.Cell] = []

    /// Where the columns of the keys are in a file.
    struct Indices {
        fileprivate let cell: [Int?]
        fileprivate let turn: [Int?]

        init(_ columns: RoundColumns) {
            cell = RoundKeys.columns.cell.map { columns[$0]?.index }
            turn = RoundKeys.columns.turn.map { columns[$0]?.index }
        }
    }

    /// The number of a row's cell.
    ///
    /// - Parameter make: checks and makes the cell; its argument is the same cell of an earlier row.
    mutating func cell(
        _ rows: CSVScanner, _ row: CSVScanner.Row, _ indices: Indices,
        make: (RoundTable.Cell?) throws -> RoundTable.Cell
    ) throws -> Int {
        read(rows, row, indices.cell)
        if let number = cells[texts] {
            _ = try make(known[Int(number)])
            return Int(number)
        }
        known.append(try make(nil))
        cells[texts] = Int32(known.count - 1)
        return known.count - 1
    }

    /// Notes the place of a row's round. Returns its place in an earlier row; `nil` if there is none.
    mutating func note(
        _ rows: CSVScanner, _ row: CSVScanner.Row, _ indices: Indices, cell: Int, file: Int
    ) -> Place? {
        read(rows, row, indices.turn)
        let turn = turns[texts] ?? Int32(turns.count)
        if turn == turns.count { turns[texts] = turn }
        let round = Round(cell: Int32(cell), turn: turn)
        let earlier = places.updateValue(Place(file: Int32(file), line: Int32(clamping: row.line)), forKey: round)
        if earlier.map({ $0.file != file }) ?? true { changed.append((round, earlier)) }
        return earlier
    }

    /// Begins the next file.
    mutating func begin() { changed.removeAll(keepingCapacity: true) }

    /// Forgets the rounds of the present file.
    mutating func forget() { for (round, earlier) in changed { places[round] = earlier } }

    private mutating func read(_ rows: CSVScanner, _ row: CSVScanner.Row, _ indices: [Int?]) {
        texts.bytes.removeAll(keepingCapacity: true)
        for index in indices { texts.append(index.map { rows.bytes[rows.range(row.first + $0)] } ?? []) }
    }
}
