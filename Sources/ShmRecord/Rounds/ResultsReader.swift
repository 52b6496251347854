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
    /// More is not a results file of this program.
    private static let longest = 256 << 20

    /// The rows of a file.
    package static func read(_ path: String) throws -> [Record] { try records(text(path), path: path) }

    /// The rows of a text.
    ///
    /// - Parameter path: by which mistakes name it.
    package static func records(_ text: String, path: String) throws -> [Record] {
        let lines = try CSVLines(text, path: path)
        guard let header = lines.records.first else {
            throw Failure("\(path) is empty: it has not even a header row; measure anew", code: .usage)
        }
        let names = header.fields
        for name in identity where !names.contains(name) {
            throw Failure(
                "\(path):1: there is no column `\(name)`; it is no results file of schema \(ResultColumn.schema)",
                code: .usage)
        }
        if let twice = names.first(where: { name in names.count { $0 == name } > 1 }) {
            throw Failure("\(path):1: there are two columns `\(twice)`", code: .usage)
        }
        var seen: [[String]: Int] = [:]
        var records: [Record] = []
        for line in lines.records.dropFirst() {
            guard line.fields.count == names.count else {
                throw Failure(
                    "\(path):\(line.number): there are \(line.fields.count) fields and \(names.count) columns; the line is cut off or damaged",
                    code: .usage)
            }
            let record = Record(fields: Dictionary(uniqueKeysWithValues: zip(names, line.fields)))
            try check(record, names, "\(path):\(line.number)")
            let key = roundKey.map(record.text)
            if let earlier = seen.updateValue(line.number, forKey: key) {
                throw Failure(
                    "\(path):\(line.number): round \(record.text("round")) of \(record.lock) with \(record.text("workers")) workers is in line \(earlier) already",
                    code: .usage)
            }
            records.append(record)
        }
        if records.isEmpty { throw Failure("\(path) has a header and no rows: nothing was measured", code: .usage) }
        return records
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
        for column in names where !texts.contains(column) && !record.text(column).isEmpty {
            guard let number = record.number(column), number.isFinite else { throw wrong(column, "is no number") }
            if number < 0 { throw wrong(column, "is less than 0") }
        }
    }

    private static func text(_ path: String) throws -> String {
        do {
            let file = try FileDescriptor.open(FilePath(path), .readOnly, options: [.closeOnExec])
            return try file.closeAfter {
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
        } catch let error as Errno {
            throw Failure("cannot read the results \(path): \(error)", code: .usage)
        }
    }
}

/// The records of a CSV text with their line numbers. Written here since a file that is cut off must be noticed, and every
/// mistake must be told with its line.
package struct CSVLines {
    package struct Line {
        package let number: Int
        package var fields: [String]

        package init(
            number: Int, fields: [String]
        ) {
            self.number = number
            self.fields = fields
        }
    }

    package private(set) var records: [Line] = []

    package init(_ text: String, path: String) throws {
        var fields: [String] = []
        var field: [UInt8] = []
        var (number, start) = (1, 1)
        // Inside quotation marks; behind a closing one.
        var (isQuoted, isClosed) = (false, false)
        func mistake(_ what: String) -> Failure { Failure("\(path):\(number): \(what)", code: .usage) }
        for byte in text.utf8 {
            if isQuoted {
                if byte == UInt8(ascii: "\"") { (isQuoted, isClosed) = (false, true) } else { field.append(byte) }
                if byte == UInt8(ascii: "\n") { number += 1 }
                continue
            }
            switch byte {
            case UInt8(ascii: "\"") where isClosed:
                field.append(byte)
                (isQuoted, isClosed) = (true, false)
            case UInt8(ascii: "\"") where field.isEmpty: isQuoted = true
            case UInt8(ascii: "\""): throw mistake("there is a quotation mark inside a field that has none around it")
            case UInt8(ascii: ","), UInt8(ascii: "\n"):
                // Lines may end in CR LF.
                if byte == UInt8(ascii: "\n") && !isClosed && field.last == UInt8(ascii: "\r") { field.removeLast() }
                fields.append(String(decoding: field, as: UTF8.self))
                field = []
                isClosed = false
                if byte == UInt8(ascii: "\n") {
                    records.append(Line(number: start, fields: fields))
                    fields = []
                    number += 1
                    start = number
                }
            case UInt8(ascii: "\r") where isClosed: break
            default:
                if isClosed { throw mistake("there is text behind a closing quotation mark") }
                field.append(byte)
            }
        }
        if isQuoted { throw mistake("a quotation mark is not closed: the file is cut off") }
        if !field.isEmpty || !fields.isEmpty || isClosed {
            throw mistake("the last line has no end: the file is cut off")
        }
    }
}
