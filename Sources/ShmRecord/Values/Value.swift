/// The value of one column in one row.
package enum Value: Equatable, Sendable {
    case text(String)
    /// A word that a CSV of schema 1 spells in an older way than all other documents.
    indirect case renamed(csv: String, json: String)
    case boolean(Bool)
    case list([Value])
    case integer(Int)
    /// A number with a fixed number of decimals.
    case decimal(Double, Int)
    /// Not measured.
    case empty

    package init(_ value: String?) { self = value.flatMap { $0.isEmpty ? nil : .text($0) } ?? .empty }

    package init(_ value: Bool?) { self = value.map { .boolean($0) } ?? .empty }

    package init(_ value: UInt64?) { self = value.map { .integer(Int(clamping: $0)) } ?? .empty }

    package init(_ value: Double?, decimals: Int) {
        self = value.flatMap { $0.isFinite ? .decimal($0, decimals) : nil } ?? .empty
    }

    /// A rate of errors: four decimals, and more for a node's small share of that of a fleet.
    package init(rate: Double) {
        let decimals =
            (4..<10).first {
                abs(rate - (rate * Self.power($0)).rounded() / Self.power($0)) <= rate * 1e-4
            } ?? 10
        self.init(rate, decimals: decimals)
    }

    private static func power(_ exponent: Int) -> Double { (0..<exponent).reduce(1) { power, _ in power * 10 } }

    /// The number; `nil` for other values.
    package var number: Double? {
        switch self {
        case .integer(let number): Double(number)
        case .decimal(let number, _): number
        case .text, .renamed, .boolean, .list, .empty: nil
        }
    }

    /// The text in CSV files; empty if not measured.
    package var text: String {
        switch self {
        case .text(let text), .renamed(csv: let text, json: _): text
        case .boolean(let isTrue): isTrue ? "yes" : "no"
        case .list(let values): values.map(\.text).joined(separator: " ")
        case .integer(let number): "\(number)"
        case .decimal(let number, let decimals): Figure.decimal(number, decimals)
        case .empty: ""
        }
    }
}
