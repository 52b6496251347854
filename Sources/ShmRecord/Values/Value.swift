/// The value of one column in one row.
package enum Value: Equatable {
    case text(String)
    case integer(Int)
    /// A number with a fixed number of decimals.
    case decimal(Double, Int)
    /// Not measured.
    case empty

    package init(_ value: UInt64?) { self = value.map { .integer(Int(clamping: $0)) } ?? .empty }

    package init(_ value: Double?, decimals: Int) {
        self = value.flatMap { $0.isFinite ? .decimal($0, decimals) : nil } ?? .empty
    }

    /// The text in CSV files; empty if not measured.
    package var text: String {
        switch self {
        case .text(let text): text
        case .integer(let number): "\(number)"
        case .decimal(let number, let decimals): Figure.decimal(number, decimals)
        case .empty: ""
        }
    }
}
