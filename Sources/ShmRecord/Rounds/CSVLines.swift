/// Parses CSV into records with line numbers. The project has its own parser so that a truncated file is an error and every
/// error names its line.
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
        // Whether the position is inside quotation marks, or directly after the closing one.
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
            case UInt8(ascii: "\""):
                throw mistake(
                    "invalid quotation mark inside an unquoted field: expected quotation marks around the whole field")
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
                if isClosed {
                    throw mistake(
                        "invalid text after a closing quotation mark: expected a comma or the end of the line")
                }
                field.append(byte)
            }
        }
        if isQuoted { throw mistake("a quotation mark is not closed: the file is truncated") }
        if !field.isEmpty || !fields.isEmpty || isClosed {
            throw mistake("the last line does not end in a newline: the file is truncated")
        }
    }
}
