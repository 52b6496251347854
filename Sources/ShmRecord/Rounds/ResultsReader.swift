internal import Glibc
internal import ShmCoordinator
internal import SystemPackage

/// Reads results files (RFC 4180, schema 1), and believes nothing: whatever is wrong is reported with file, line and column.
package enum ResultsReader {
    /// What a row must have, or it cannot be told what was measured.
    private static let identity = ResultColumn.all.names(.required)
    /// Fields whose values are texts.
    package static let texts = Set(ResultColumn.all.filter { $0.kind == .text }.map(\.name))
    /// Whole numbers that name what was measured.
    private static let counts = ResultColumn.all.filter { $0.kind == .count }.map(\.name)
    /// What tells one round from all others.
    private static let roundKey = ResultColumn.all.names([.round, .cell])
    /// Columns whose values are numbers, or empty. A later version may have other columns, of any kind.
    private static let numbers = Set(ResultColumn.all.filter { $0.kind != .text }.map(\.name))
    /// The name of the standard input on the command line.
    package static let standardInput = "-"
    /// More is not a results file of this program.
    private static let longest = 256 << 20

    /// The rows of a file.
    package static func read(_ path: String) throws -> [Record] { try rounds(path).records }

    /// The rounds of several files, each once.
    ///
    /// - Parameter paths: `-` is the standard input.
    package static func read(_ paths: [String]) throws -> [RecordedRounds] {
        let files = try paths.map { try rounds($0) }
        var seen: [[String]: String] = [:]
        for file in files {
            for (line, record) in file.rounds {
                let place = "\(file.path):\(line)"
                if let earlier = seen.updateValue(place, forKey: roundKey.map(record.text)) {
                    throw Failure(
                        "\(place): \(title(record)) is in \(earlier) already: name each file once", code: .usage)
                }
            }
        }
        return files
    }

    private static func rounds(_ path: String) throws -> RecordedRounds {
        try rounds(text(path), path: path == standardInput ? "<stdin>" : path)
    }

    /// The rows of a text.
    ///
    /// - Parameter path: by which mistakes name it.
    package static func records(_ text: String, path: String) throws -> [Record] {
        try rounds(text, path: path).records
    }

    /// The rounds of a text.
    ///
    /// - Parameter path: by which mistakes name it.
    package static func rounds(_ text: String, path: String) throws -> RecordedRounds {
        let lines = try CSVLines(text, path: path)
        guard let header = lines.records.first else {
            throw Failure("\(path) is empty: it has not even a header row; measure anew", code: .usage)
        }
        let names = header.fields
        try check(columns: names, path)
        var seen: [[String]: Int] = [:]
        var rounds: [(line: Int, record: Record)] = []
        for line in lines.records.dropFirst() {
            guard line.fields.count == names.count else {
                throw Failure(
                    "\(path):\(line.number): there are \(line.fields.count) fields and \(names.count) columns; the line is cut off or damaged",
                    code: .usage)
            }
            let record = Record(fields: Dictionary(uniqueKeysWithValues: zip(names, line.fields)))
            try check(record, names, "\(path):\(line.number)")
            if let earlier = seen.updateValue(line.number, forKey: roundKey.map(record.text)) {
                throw Failure("\(path):\(line.number): \(title(record)) is in line \(earlier) already", code: .usage)
            }
            rounds.append((line.number, record))
        }
        if rounds.isEmpty { throw Failure("\(path) has a header and no rows: nothing was measured", code: .usage) }
        return RecordedRounds(path: path, columns: names, rounds: rounds)
    }

    private static func title(_ record: Record) -> String {
        "round \(record.text("round")) of \(record.lock) with \(record.text("workers")) workers"
    }

    private static func check(columns names: [String], _ path: String) throws {
        for name in identity where !names.contains(name) {
            throw Failure(
                "\(path):1: there is no column `\(name)`; it is no results file of schema \(ResultColumn.schema)",
                code: .usage)
        }
        if let twice = names.first(where: { name in names.count { $0 == name } > 1 }) {
            throw Failure("\(path):1: there are two columns `\(twice)`", code: .usage)
        }
    }

    private static func check(_ record: Record, _ names: [String], _ place: String) throws {
        func wrong(_ column: String, _ what: String) -> Failure {
            Failure("\(place): column `\(column)`: \(record.text(column).debugDescription) \(what)", code: .usage)
        }
        guard record.text("schema") == "\(ResultColumn.schema)" else {
            throw wrong("schema", "is another schema than \(ResultColumn.schema), which this program reads")
        }
        var load = Load()
        for parameter in Parameter.all {
            do {
                try parameter.restore(record.text(parameter.column), for: "column `\(parameter.column)`", in: &load)
            } catch let failure as Failure {
                throw Failure("\(place): \(failure.message)", code: .usage)
            }
        }
        for column in counts {
            guard let count = Int(record.text(column)), count >= 0 else { throw wrong(column, "is no whole number") }
        }
        if record.lock.isEmpty { throw wrong("lock", "names no lock") }
        // It is handed on to a measuring process, and shown in reports of several syntaxes.
        if !record.lock.isPlainName { throw wrong("lock", "has other than letters, digits, hyphens and dots") }
        let (integrity, losses) = (
            RoundResult.Integrity(rawValue: record.text("integrity")), ["lost_updates", "overlaps"]
        )
        if integrity == nil { throw wrong("integrity", "is none of ok, failed, stuck") }
        if integrity == .ok, let column = losses.first(where: { record.number($0) ?? 0 > 0 }) {
            throw wrong(column, "contradicts the integrity ok")
        }
        if integrity == .ok, record.text("throughput_per_s").isEmpty {
            throw wrong("throughput_per_s", "is empty: nothing was measured")
        }
        for column in names where numbers.contains(column) && !record.text(column).isEmpty {
            guard let number = record.number(column), number.isFinite else { throw wrong(column, "is no number") }
            if number < 0 { throw wrong(column, "is less than 0") }
        }
    }

    private static func text(_ path: String) throws -> String {
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
            throw Failure("cannot read the results \(path): it is no text of at most 256 MiB", code: .usage)
        }
        return text
    }
}
