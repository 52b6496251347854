internal import ShmCoordinator

/// The checks of the rows of a results file, whose errors name the column.
struct RowCheck {
    /// The columns of whole numbers that identify what was measured.
    private static let counts = ResultColumn.all.filter {
        $0.kind == .count && !$0.roles.isDisjoint(with: [.round, .cell]) && $0.roles.contains(.required)
    }.map(\.name)
    /// The columns of numbers, which may be empty. A later version may have more columns, of any kind.
    private static let numbers = Set(ResultColumn.all.filter { $0.kind.isNumeric }.map(\.name))
    /// The columns with a number for each class of critical sections, and the largest of these.
    private static let classFigures: [(column: String, limit: Double)] = [
        ("class_workers", most), ("class_throughput_per_s", most), ("class_hold_shares", 1),
    ]
    /// The largest number, so that sums and quotients of figures are numbers.
    private static let most = 1e15

    private let columns: RoundColumns
    private let schema: Int
    private let lock: Int
    private let integrity: Int
    private let throughput: Int
    private let parameters: [(parameter: Parameter, index: Int?)]
    private let counts: [Int]
    private let losses: [Int]
    /// The numbers; Jain's indices are at most 1.
    private let numbers: [(index: Int, isIndex: Bool)]
    private let classFigures: [(index: Int, limit: Double)]

    /// The checks of rows with these columns; the required ones are among them.
    init(_ columns: RoundColumns) {
        func index(_ name: String) -> Int? { columns[name]?.index }
        self.columns = columns
        // The header has been checked.
        schema = index("schema") ?? 0
        lock = index("lock") ?? 0
        integrity = index("integrity") ?? 0
        throughput = index("throughput_per_s") ?? 0
        parameters = Parameter.all.map { ($0, index($0.column)) }
        counts = Self.counts.compactMap(index)
        losses = ["lost_updates", "overlaps"].compactMap(index)
        numbers = columns.names.enumerated().filter { Self.numbers.contains($1) }.map { ($0, $1.hasSuffix("_jain")) }
        classFigures = Self.classFigures.compactMap { name, limit in index(name).map { ($0, limit) } }
    }

    /// Checks the schema, the load and the lock.
    ///
    /// - Parameter cell: the lock and load if another row had the same, and was valid.
    /// - Returns: what the row measures.
    func identity(_ rows: CSVScanner, _ row: CSVScanner.Row, known cell: RoundTable.Cell?) throws -> RoundTable.Cell {
        guard rows.text(row.first + schema) == "\(ResultColumn.schema)" else {
            throw invalid(schema, "\(ResultColumn.schema)", rows, row)
        }
        let load = try cell?.load ?? load(rows, row)
        for index in counts {
            guard let count = rows.integer(row.first + index), count >= 0 else {
                throw invalid(index, "a whole number of at least 0", rows, row)
            }
        }
        if let cell { return cell }
        let name = rows.text(row.first + lock)
        // The name goes into requests to measuring processes, and into reports of several syntaxes.
        if !name.isPlainName { throw invalid(lock, Notation<String>.name.expected, rows, row) }
        return RoundTable.Cell(lock: name, load: load)
    }

    private func load(_ rows: CSVScanner, _ row: CSVScanner.Row) throws -> Load {
        var load = Load()
        for (parameter, index) in parameters {
            let text = index.map { rows.text(row.first + $0) } ?? ""
            do { try parameter.restore(text, for: "column `\(parameter.column)`", in: &load) } catch let failure
                as Failure
            {
                throw rows.failure(row, failure.message)
            }
        }
        if load.hasOddBurst {
            let text = columns["burst"].map { rows.text(row.first + $0.index) } ?? ""
            throw rows.failure(
                row,
                Failure.invalid(
                    text, for: "column `burst`", expected: "2…4096 with arrivals burst, and nothing without"
                ).message)
        }
        return load
    }

    /// Checks the figures.
    func figures(_ rows: CSVScanner, _ row: CSVScanner.Row, of load: Load) throws {
        guard let integrity = RoundResult.Integrity(rawValue: rows.text(row.first + integrity)) else {
            throw invalid(self.integrity, "ok, failed or stuck", rows, row)
        }
        if integrity == .ok {
            if let loss = losses.first(where: { rows.number(row.first + $0) ?? 0 > 0 }) {
                throw invalid(loss, "0 where integrity is ok", rows, row)
            }
            if rows.isEmpty(row.first + throughput) {
                throw invalid(throughput, "a number where integrity is ok", rows, row)
            }
        }
        for (index, isIndex) in numbers where !rows.isEmpty(row.first + index) {
            guard let number = rows.number(row.first + index), (0...Self.most).contains(number) else {
                throw invalid(index, "a number from 0 to 10^15, or nothing", rows, row)
            }
            if isIndex && number > 1 { throw invalid(index, "a number from 0 to 1, or nothing", rows, row) }
        }
        for (index, limit) in classFigures where !rows.isEmpty(row.first + index) {
            let figures = rows.text(row.first + index).split(separator: " ").map { Double($0) }
            let classes = load.sectionShares?.classes.count ?? 0
            guard figures.count == classes, figures.allSatisfy({ $0.map((0...limit).contains) ?? false }) else {
                throw invalid(
                    index, "a number from 0 to \(limit == 1 ? "1" : "10^15") for each class, or nothing", rows, row)
            }
        }
    }

    private func invalid(_ index: Int, _ expected: String, _ rows: CSVScanner, _ row: CSVScanner.Row) -> Failure {
        let failure = Failure.invalid(
            rows.text(row.first + index), for: "column `\(columns.names[index])`", expected: expected)
        return rows.failure(row, failure.message)
    }
}
