/// Splits the bytes of a CSV file into cells, row by row, in place: a cell without its quotation marks is never longer.
///
/// The project has its own parser so that a truncated file is an error and every error names its line.
struct CSVScanner {
    /// A row: the line on which it begins, and its cells among ``ends``.
    struct Row {
        let line: Int
        /// The position of its first cell.
        let first: Int
        let count: Int
    }

    let path: String
    private(set) var bytes: [UInt8]
    /// The end of each cell in ``bytes``, after that of the byte before the first one: one byte is between two cells.
    private(set) var ends: [UInt32] = [.max]
    /// Where the next row is read, and where its first cell begins.
    private var (position, start) = (0, 0)
    private var number = 1

    /// - Parameter path: the name of the file in error messages.
    init(_ bytes: [UInt8], path: String) {
        self.bytes = bytes
        self.path = path
    }

    /// Reads the next row; `nil` at the end.
    mutating func next() throws -> Row? {
        let count = bytes.count
        if position == count { return nil }
        let (line, first) = (number, ends.count - 1)
        var (read, write, begin) = (position, start, start)
        // Whether the position is inside quotation marks, or directly after the closing one.
        var (isQuoted, isClosed) = (false, false)
        while read < count {
            let byte = bytes[read]
            read += 1
            if isQuoted {
                if byte == UInt8(ascii: "\"") {
                    (isQuoted, isClosed) = (false, true)
                } else {
                    bytes[write] = byte
                    write += 1
                }
                if byte == UInt8(ascii: "\n") { number += 1 }
                continue
            }
            switch byte {
            case UInt8(ascii: "\""):
                if isClosed {
                    bytes[write] = byte
                    write += 1
                    (isQuoted, isClosed) = (true, false)
                } else if write == begin {
                    isQuoted = true
                } else {
                    throw mistake(
                        "invalid quotation mark inside an unquoted field: expected quotation marks around the whole field"
                    )
                }
            case UInt8(ascii: ","), UInt8(ascii: "\n"):
                // Lines may end in CR LF.
                let isLast = byte == UInt8(ascii: "\n")
                if isLast && !isClosed && write > begin && bytes[write - 1] == UInt8(ascii: "\r") { write -= 1 }
                ends.append(UInt32(write))
                write += 1
                begin = write
                isClosed = false
                if isLast {
                    number += 1
                    (position, start) = (read, write)
                    return Row(line: line, first: first, count: ends.count - 1 - first)
                }
            case UInt8(ascii: "\r") where isClosed: break
            default:
                if isClosed {
                    throw mistake(
                        "invalid text after a closing quotation mark: expected a comma or the end of the line")
                }
                if write < read - 1 { bytes[write] = byte }
                write += 1
            }
        }
        throw mistake(
            isQuoted
                ? "a quotation mark is not closed: the file is truncated"
                : "the last line does not end in a newline: the file is truncated")
    }

    /// Reads the rest for mistakes of the notation alone.
    mutating func skip() throws {
        let kept = ends.count
        while try next() != nil { ends.removeLast(ends.count - kept) }
    }

    /// Ends the reading.
    private mutating func mistake(_ what: String) -> Failure {
        position = bytes.count
        return Failure("\(path):\(number): \(what)", code: .usage)
    }

    /// The bytes of a cell.
    func range(_ cell: Int) -> Range<Int> { Int(ends[cell] &+ 1)..<Int(ends[cell + 1]) }

    func text(_ cell: Int) -> String { String(decoding: bytes[range(cell)], as: UTF8.self) }

    func isEmpty(_ cell: Int) -> Bool { range(cell).isEmpty }

    /// The number in a cell, as `Double` reads it.
    func number(_ cell: Int) -> Double? { NumberText.double(bytes, range(cell)) }

    /// The number in a cell, as `Int` reads it.
    func integer(_ cell: Int) -> Int? { NumberText.integer(bytes, range(cell)) }

    /// An error in a row.
    func failure(_ row: Row, _ what: String) -> Failure { Failure("\(path):\(row.line): \(what)", code: .usage) }

    /// Forgets the cells of the header, which has been read. The size of the others is then known.
    mutating func removeHeader() {
        var count = 0
        for byte in bytes[position...] where byte == UInt8(ascii: ",") || byte == UInt8(ascii: "\n") { count += 1 }
        var rest: [UInt32] = []
        rest.reserveCapacity(count + 1)
        rest.append(ends[ends.count - 1])
        ends = rest
    }
}
