internal import ShmCoordinator

/// Parses results files (RFC 4180, schema 1) and validates every value. Errors name the file, the line and the column.
struct RoundsParser {
    /// The required columns, which identify what was measured.
    private static let identity = ResultColumn.all.names(.required)

    private var keys = RoundKeys()
    private var columns = RoundColumns.all
    private(set) var files: [RecordedRounds] = []
    /// The first round that is in two files.
    private var repeated: Failure?

    /// Parses a file.
    mutating func add(_ file: FileContent) throws {
        keys.begin()
        let path = file.path
        var rows = CSVScanner(file.take(), path: path)
        do {
            guard let header = try rows.next() else {
                throw Failure("\(path) is empty: expected a header row; measure again", code: .usage)
            }
            let table = try table(header, &rows)
            files.append(table)
        } catch {
            // A mistake of the notation further down comes first: the file is damaged.
            try rows.skip()
            throw error
        }
    }

    /// Parses a file, and leaves it out if it cannot be read, or if a round of it is in an earlier file. Returns why.
    mutating func addIfReadable(_ file: FileContent) -> (any Error)? {
        let number = files.count
        do {
            try add(file)
            _ = try separate()
            return nil
        } catch {
            keys.forget()
            files.removeLast(files.count - number)
            repeated = nil
            return error
        }
    }

    /// The files, of which no two have a round in common.
    func separate() throws -> [RecordedRounds] {
        if let repeated { throw repeated }
        return files
    }

    private mutating func table(_ header: CSVScanner.Row, _ rows: inout CSVScanner) throws -> RecordedRounds {
        let path = rows.path
        let names = (0..<header.count).map { rows.text(header.first + $0) }
        try Self.check(columns: names, path)
        // Files of one version share their columns.
        if names != columns.names { columns = RoundColumns(names) }
        let (check, indices) = (RowCheck(columns), RoundKeys.Indices(columns))
        rows.removeHeader()
        var lines: [UInt32] = []
        var numbers: [Int] = []
        while let row = try rows.next() {
            guard row.count == names.count else {
                throw rows.failure(
                    row,
                    "the line has \(counted(row.count, "field")): expected \(names.count), one per column; it is truncated or damaged"
                )
            }
            let number = try keys.cell(rows, row, indices) { try check.identity(rows, row, known: $0) }
            let cell = keys.known[number]
            try check.figures(rows, row, of: cell.load)
            if let earlier = keys.note(rows, row, indices, cell: number, file: files.count) {
                let round = columns["round"].map { rows.text(row.first + $0.index) } ?? ""
                let title = "round \(round) of \(cell.lock) with \(counted(cell.load.workers, "worker"))"
                if earlier.file == files.count {
                    throw rows.failure(
                        row, "\(title) is already in line \(earlier.line): expected each round once")
                }
                let place = "\(files[Int(earlier.file)].path):\(earlier.line)"
                repeated =
                    repeated ?? rows.failure(row, "\(title) is already in \(place): expected each round once")
            }
            lines.append(UInt32(clamping: row.line))
            numbers.append(number)
        }
        if lines.isEmpty {
            throw Failure("\(path) has no rows: expected at least one; nothing was measured", code: .usage)
        }
        let used = numbers.uniqued()
        let places = Dictionary(uniqueKeysWithValues: zip(used, used.indices.map { UInt32($0) }))
        let table = RoundTable(
            columns, rows, cells: used.map { keys.known[$0] }, cellOfRow: numbers.compactMap { places[$0] })
        return RecordedRounds(
            path: path, columns: names,
            rounds: lines.enumerated().map { (Int($1), Record(table, row: $0)) })
    }

    private static func check(columns names: [String], _ path: String) throws {
        let counts = Dictionary(names.map { ($0, 1) }, uniquingKeysWith: +)
        for name in identity where counts[name] == nil {
            throw Failure(
                "\(path):1: no column `\(name)`: expected the columns of schema \(ResultColumn.schema), as `shmbench run` writes them",
                code: .usage)
        }
        if let twice = names.first(where: { counts[$0] ?? 0 > 1 }) {
            throw Failure("\(path):1: two columns `\(twice)`: expected each column once", code: .usage)
        }
    }
}
