internal import GRDB

/// The value of one column in one round.
public enum HistoryValue: Sendable, Hashable {
    case text(String)
    case integer(Int64)
    case real(Double)
    /// Not measured (NULL).
    case null

    init(_ value: DatabaseValue) {
        switch value.storage {
        case .string(let text): self = .text(Self.printable(text))
        case .int64(let number): self = .integer(number)
        case .double(let number): self = .real(number)
        case .blob(let bytes): self = .text("a blob of \(bytes.count) bytes")
        case .null: self = .null
        }
    }

    /// Another program may have written the text, and it goes to a terminal, so control characters are replaced.
    private static func printable(_ text: String) -> String {
        func isControl(_ scalar: Unicode.Scalar) -> Bool { scalar.value < 0x20 || (0x7f..<0xa0).contains(scalar.value) }
        if !text.unicodeScalars.contains(where: isControl) { return text }
        return String(String.UnicodeScalarView(text.unicodeScalars.map { isControl($0) ? "\u{fffd}" : $0 }))
    }

    /// The value, as messages show it.
    public var shown: String {
        switch self {
        case .text(let text): text.debugDescription
        case .integer(let number): "\(number)"
        case .real(let number): "\(number)"
        case .null: "nothing"
        }
    }

    var databaseValue: DatabaseValue {
        switch self {
        case .text(let text): text.databaseValue
        case .integer(let number): number.databaseValue
        case .real(let number): number.databaseValue
        case .null: .null
        }
    }

    /// The value as text; `nil` if it is not text.
    public var text: String? { if case .text(let text) = self { text } else { nil } }

    /// The value as an integer; `nil` if it is not one.
    public var integer: Int64? { if case .integer(let number) = self { number } else { nil } }

    /// The value as a number; `nil` if it is not one.
    public var number: Double? {
        switch self {
        case .integer(let number): Double(number)
        case .real(let number): number
        case .text, .null: nil
        }
    }
}
