package import ShmRecord

/// JSON (RFC 8259) with the names of the CSV, and `null` for values that were not measured.
package enum JSON {
    /// An object per row.
    package static func document(schema: Int, _ names: [String], _ rows: [[Value]]) -> String {
        let objects = rows.map { row in
            "{" + zip(names, row).map { "\(string($0)):\(text($1))" }.joined(separator: ",") + "}"
        }
        return "{\"schema\":\(schema),\"rows\":[\n" + objects.joined(separator: ",\n") + "\n]}\n"
    }

    private static func text(_ value: Value) -> String {
        switch value {
        case .text(let text): string(text)
        case .integer(let number): "\(number)"
        case .decimal(let number, let decimals): Figure.decimal(number, decimals)
        case .empty: "null"
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
