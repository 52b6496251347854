internal import ShmRecord

/// JSON (RFC 8259) with the names of the CSV, and `null` for empty values.
package enum JSON {
    /// The rows, an object per line, and the facts beside them.
    package static func document(_ records: Report.Records, facts: [JSONValue.Member] = []) -> String {
        var document = "{\"schema\":\(records.schema),\"rows\":[\n"
        append(records.names, records.rows, to: &document, separator: ",\n")
        document += "\n]"
        for fact in facts {
            document += ",\n\(string(fact.name)):"
            appendLines(fact.value, to: &document)
        }
        return document + "}\n"
    }

    /// A value in one line.
    package static func text(_ value: JSONValue) -> String {
        var text = ""
        append(value, to: &text)
        return text
    }

    private static func append(_ value: JSONValue, to text: inout String) {
        switch value {
        case .value(let value): append(value, to: &text)
        case .array(let values):
            text += "["
            append(values, to: &text) { append($0, to: &$1) }
            text += "]"
        case .object(let members):
            text += "{"
            append(members, to: &text) { member, text in
                append(member.name, to: &text)
                text += ":"
                append(member.value, to: &text)
            }
            text += "}"
        case .rows(let names, let rows):
            text += "["
            append(names, rows, to: &text)
            text += "]"
        }
    }

    /// Objects with the same members.
    private static func append(
        _ names: [String], _ rows: [[Value]], to text: inout String, separator: String = ","
    ) {
        let names = names.map { string($0) + ":" }
        append(rows, to: &text, separator: separator) { row, text in
            text += "{"
            append(zip(names, row), to: &text) { cell, text in
                text += cell.0
                append(cell.1, to: &text)
            }
            text += "}"
        }
    }

    private static func append<Item>(
        _ items: some Sequence<Item>, to text: inout String, separator: String = ",",
        _ each: (Item, inout String) -> Void
    ) {
        var isFirst = true
        for item in items {
            if !isFirst { text += separator }
            isFirst = false
            each(item, &text)
        }
    }

    /// A value with two blanks per level, for people.
    package static func pretty(_ value: JSONValue, level: Int = 0) -> String {
        let (inner, outer) = (String(repeating: "  ", count: level + 1), String(repeating: "  ", count: level))
        func block(_ open: String, _ parts: [String], _ close: String) -> String {
            open + "\n" + parts.map { inner + $0 }.joined(separator: ",\n") + "\n" + outer + close
        }
        switch value {
        case .object(let members) where !members.isEmpty:
            return block("{", members.map { "\(string($0.name)): \(pretty($0.value, level: level + 1))" }, "}")
        case .array(let values) where values.contains { if case .value = $0 { false } else { true } }:
            return block("[", values.map { pretty($0, level: level + 1) }, "]")
        default: return text(value)
        }
    }

    /// An array has a line per element.
    private static func appendLines(_ value: JSONValue, to text: inout String) {
        switch value {
        case .array(let values) where !values.isEmpty:
            text += "[\n"
            append(values, to: &text, separator: ",\n") { append($0, to: &$1) }
            text += "\n]"
        case .rows(let names, let rows) where !rows.isEmpty:
            text += "[\n"
            append(names, rows, to: &text, separator: ",\n")
            text += "\n]"
        default: append(value, to: &text)
        }
    }

    private static func append(_ value: Value, to text: inout String) {
        switch value {
        // CSV has one notation for an empty text and a missing value.
        case .text(""), .empty: text += "null"
        case .text(let own), .renamed(csv: _, json: let own): append(own, to: &text)
        case .boolean(let isTrue): text += "\(isTrue)"
        case .integer(let number): text += "\(number)"
        case .decimal(let number, let decimals): text += Figure.decimal(number, decimals)
        case .list(let values):
            text += "["
            append(values, to: &text) { append($0, to: &$1) }
            text += "]"
        }
    }

    private static func string(_ text: String) -> String {
        var result = ""
        append(text, to: &result)
        return result
    }

    private static func append(_ text: String, to result: inout String) {
        result += "\""
        // Most texts need nothing.
        if text.utf8.allSatisfy({ $0 >= 0x20 && $0 != UInt8(ascii: "\"") && $0 != UInt8(ascii: "\\") }) {
            result += text
            result += "\""
            return
        }
        for scalar in text.unicodeScalars {
            switch scalar {
            case "\"": result += "\\\""
            case "\\": result += "\\\\"
            case _ where scalar.value < 0x20:
                let digits = String(scalar.value, radix: 16)
                result += "\\u" + String(repeating: "0", count: 4 - digits.count) + digits
            default: result.unicodeScalars.append(scalar)
            }
        }
        result += "\""
    }
}
