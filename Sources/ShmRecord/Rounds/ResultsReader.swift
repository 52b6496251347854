internal import Glibc
internal import ShmCoordinator
internal import SystemPackage

/// Reads results files (RFC 4180, schema 1) and validates every value. Errors name the file, the line and the column.
package enum ResultsReader {
    /// The required columns, which identify what was measured.
    private static let identity = ResultColumn.all.names(.required)
    /// The types of the columns.
    package static let kinds = Dictionary(uniqueKeysWithValues: ResultColumn.all.map { ($0.name, $0.kind) })
    /// The columns of whole numbers that identify what was measured.
    private static let counts = ResultColumn.all.filter {
        $0.kind == .count && !$0.roles.isDisjoint(with: [.round, .cell]) && $0.roles.contains(.required)
    }.map(\.name)
    /// The columns that identify a round.
    private static let roundKey = ResultColumn.all.names([.round, .cell])
    /// The columns of numbers, which may be empty. A later version may have more columns, of any kind.
    private static let numbers = Set(ResultColumn.all.filter { $0.kind.isNumeric }.map(\.name))
    /// The columns of Jain's indices, which are at most 1.
    private static let indices = numbers.filter { $0.hasSuffix("_jain") }
    /// The columns with a number for each class of critical sections, and the largest of these.
    private static let classFigures: [(column: String, limit: Double)] = [
        ("class_workers", most), ("class_throughput_per_s", most), ("class_hold_shares", 1),
    ]
    /// The largest number, so that sums and quotients of figures are numbers.
    private static let most = 1e15
    /// The path that stands for standard input.
    package static let standardInput = "-"
    /// The size limit, bytes.
    private static let longest = 256 << 20

    /// Reads the rows of a file.
    package static func read(_ path: String) throws -> [Record] { try rounds(path).records }

    /// Reads several files. A round that is in two of them is an error.
    ///
    /// - Parameter paths: `-` is standard input.
    package static func read(_ paths: [String]) throws -> [RecordedRounds] {
        try separate(paths.map { try rounds($0) })
    }

    /// Parses several files. A round that is in two of them is an error.
    ///
    /// - Parameter texts: the names and contents.
    package static func read(_ texts: [(path: String, text: String)]) throws -> [RecordedRounds] {
        try separate(texts.map { try rounds($0.text, path: $0.path) })
    }

    /// The files, of which no two have a round in common.
    private static func separate(_ files: [RecordedRounds]) throws -> [RecordedRounds] {
        var seen: [[String]: String] = [:]
        for file in files {
            for (line, record) in file.rounds {
                let place = "\(file.path):\(line)"
                if let earlier = seen.updateValue(place, forKey: roundKey.map(record.text)) {
                    throw Failure(
                        "\(place): \(title(record)) is already in \(earlier): expected each round once", code: .usage)
                }
            }
        }
        return files
    }

    private static func rounds(_ path: String) throws -> RecordedRounds {
        try rounds(text(path), path: path == standardInput ? "<stdin>" : path)
    }

    /// Parses the rows of a text.
    ///
    /// - Parameter path: the name of the file in error messages.
    package static func records(_ text: String, path: String) throws -> [Record] {
        try rounds(text, path: path).records
    }

    /// Parses the rounds of a text.
    ///
    /// - Parameter path: the name of the file in error messages.
    package static func rounds(_ text: String, path: String) throws -> RecordedRounds {
        let lines = try CSVLines(text, path: path)
        guard let header = lines.records.first else {
            throw Failure("\(path) is empty: expected a header row; measure again", code: .usage)
        }
        let names = header.fields
        try check(columns: names, path)
        var seen: [[String]: Int] = [:]
        var rounds: [(line: Int, record: Record)] = []
        for line in lines.records.dropFirst() {
            guard line.fields.count == names.count else {
                throw Failure(
                    "\(path):\(line.number): the line has \(counted(line.fields.count, "field")): expected \(names.count), one per column; it is truncated or damaged",
                    code: .usage)
            }
            let record = Record(fields: Dictionary(uniqueKeysWithValues: zip(names, line.fields)))
            try check(record, names, "\(path):\(line.number)")
            if let earlier = seen.updateValue(line.number, forKey: roundKey.map(record.text)) {
                throw Failure(
                    "\(path):\(line.number): \(title(record)) is already in line \(earlier): expected each round once",
                    code: .usage)
            }
            rounds.append((line.number, record))
        }
        if rounds.isEmpty {
            throw Failure("\(path) has no rows: expected at least one; nothing was measured", code: .usage)
        }
        return RecordedRounds(path: path, columns: names, rounds: rounds)
    }

    private static func title(_ record: Record) -> String {
        "round \(record.text("round")) of \(record.lock) with \(counted(record.load.workers, "worker"))"
    }

    private static func check(columns names: [String], _ path: String) throws {
        for name in identity where !names.contains(name) {
            throw Failure(
                "\(path):1: no column `\(name)`: expected the columns of schema \(ResultColumn.schema), as `shmbench run` writes them",
                code: .usage)
        }
        if let twice = names.first(where: { name in names.count { $0 == name } > 1 }) {
            throw Failure("\(path):1: two columns `\(twice)`: expected each column once", code: .usage)
        }
    }

    private static func check(_ record: Record, _ names: [String], _ place: String) throws {
        func invalid(_ column: String, expected: String) -> Failure {
            let failure = Failure.invalid(record.text(column), for: "column `\(column)`", expected: expected)
            return Failure("\(place): \(failure.message)", code: .usage)
        }
        guard record.text("schema") == "\(ResultColumn.schema)" else {
            throw invalid("schema", expected: "\(ResultColumn.schema)")
        }
        var load = Load()
        for parameter in Parameter.all {
            do {
                try parameter.restore(record.text(parameter.column), for: "column `\(parameter.column)`", in: &load)
            } catch let failure as Failure {
                throw Failure("\(place): \(failure.message)", code: .usage)
            }
        }
        if load.hasOddBurst { throw invalid("burst", expected: "2…4096 with arrivals burst, and nothing without") }
        for column in counts {
            guard let count = Int(record.text(column)), count >= 0 else {
                throw invalid(column, expected: "a whole number of at least 0")
            }
        }
        // The name goes into requests to measuring processes, and into reports of several syntaxes.
        if !record.lock.isPlainName { throw invalid("lock", expected: Notation<String>.name.expected) }
        let (integrity, losses) = (
            RoundResult.Integrity(rawValue: record.text("integrity")), ["lost_updates", "overlaps"]
        )
        if integrity == nil { throw invalid("integrity", expected: "ok, failed or stuck") }
        if integrity == .ok, let column = losses.first(where: { record.number($0) ?? 0 > 0 }) {
            throw invalid(column, expected: "0 where integrity is ok")
        }
        if integrity == .ok, record.text("throughput_per_s").isEmpty {
            throw invalid("throughput_per_s", expected: "a number where integrity is ok")
        }
        for column in names where numbers.contains(column) && !record.text(column).isEmpty {
            guard let number = Double(record.text(column)), (0...most).contains(number) else {
                throw invalid(column, expected: "a number from 0 to 10^15, or nothing")
            }
            if indices.contains(column) && number > 1 {
                throw invalid(column, expected: "a number from 0 to 1, or nothing")
            }
        }
        let classes = load.sectionShares?.classes.count ?? 0
        for (column, limit) in classFigures where !record.text(column).isEmpty {
            let figures = record.text(column).split(separator: " ").map { Double($0) }
            guard figures.count == classes, figures.allSatisfy({ $0.map((0...limit).contains) ?? false }) else {
                throw invalid(
                    column, expected: "a number from 0 to \(limit == 1 ? "1" : "10^15") for each class, or nothing")
            }
        }
    }

    /// The text of a file.
    package static func text(_ path: String) throws -> String {
        do {
            if path == standardInput { return try text(.standardInput, path: "<stdin>") }
            let file = try FileDescriptor.open(FilePath(path), .readOnly, options: [.closeOnExec])
            return try file.closeAfter { try text(file, path: path) }
        } catch let error as Errno {
            throw Failure("cannot read the results \(path): \(error)", code: .usage)
        }
    }

    private static func text(_ file: FileDescriptor, path: String) throws -> String {
        var bytes: [UInt8] = []
        while bytes.count <= longest {
            let part = try unsafe [UInt8](unsafeUninitializedCapacity: 1 << 18) { buffer, count in
                count = unsafe try file.read(into: UnsafeMutableRawBufferPointer(buffer))
            }
            if part.isEmpty { break }
            bytes += part
        }
        guard bytes.count <= longest, let text = String(validating: bytes, as: UTF8.self) else {
            throw Failure("cannot read the results \(path): expected UTF-8 text of at most 256 MiB", code: .usage)
        }
        return text
    }
}
