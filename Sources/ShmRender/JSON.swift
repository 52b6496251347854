internal import ShmRecord

/// JSON (RFC 8259) with the names of the CSV, and `null` for empty values.
package enum JSON {
    /// The rows, an object per line, and the facts beside them.
    package static func document(_ records: Report.Records, facts: [JSONValue.Member] = []) -> String {
        let rows = records.rows.map { row in text(.object(zip(records.names, row).map { .init($0, .value($1)) })) }
        let facts = facts.map { ",\n\(string($0.name)):" + lines($0.value) }
        return "{\"schema\":\(records.schema),\"rows\":[\n" + rows.joined(separator: ",\n") + "\n]" + facts.joined()
            + "}\n"
    }

    /// A value in one line.
    package static func text(_ value: JSONValue) -> String {
        switch value {
        case .value(let value): text(value)
        case .array(let values): "[" + values.map(text).joined(separator: ",") + "]"
        case .object(let members):
            "{" + members.map { "\(string($0.name)):\(text($0.value))" }.joined(separator: ",") + "}"
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
    private static func lines(_ value: JSONValue) -> String {
        guard case .array(let values) = value, !values.isEmpty else { return text(value) }
        return "[\n" + values.map(text).joined(separator: ",\n") + "\n]"
    }

    private static func text(_ value: Value) -> String {
        switch value {
        // CSV has one notation for an empty text and a missing value.
        case .text(""), .empty: "null"
        case .text(let text), .renamed(csv: _, json: let text): string(text)
        case .boolean(let isTrue): "\(isTrue)"
        case .integer(let number): "\(number)"
        case .decimal(let number, let decimals): Figure.decimal(number, decimals)
        case .list(let values): "[" + values.map(text).joined(separator: ",") + "]"
        }
    }

    private static func string(_ text: String) -> String {
        var result = "\""
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
        return result + "\""
    }
}
