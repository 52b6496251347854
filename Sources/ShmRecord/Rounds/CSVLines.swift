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
