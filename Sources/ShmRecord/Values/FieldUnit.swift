/// The unit of a field, which determines how a value is shown to people.
package enum FieldUnit: String, Sendable {
    /// A number without a unit.
    case plain = ""
    case nanoseconds = "ns"
    case seconds = "s"
    case perSecond = "1/s"
    case percent = "%"
    case bytes
    /// A part of 1.
    case share

    /// The unit that ends the name of a column.
    package init(column: String) {
        let endings: [(String, FieldUnit)] = [
            ("_ns", .nanoseconds), ("_per_s", .perSecond), ("_s", .seconds), ("_percent", .percent),
        ]
        self = endings.first { column.hasSuffix($0.0) }?.1 ?? .plain
    }

    /// A value with its unit, for people: three significant digits of a time or a rate.
    ///
    /// - Parameter decimals: the decimals of a time below 100 ns, and of a value without a prefix of the unit.
    package func shown(_ value: Double, decimals: Int? = nil) -> String {
        switch self {
        case .nanoseconds:
            if let decimals, abs(value) < 99.95 { return "\(Figure.decimal(value, decimals)) ns" }
            return Figure.time(value)
        case .seconds: return Figure.time(value * 1e9)
        case .perSecond: return Figure.rate(value)
        case .percent: return Figure.decimal(value, decimals ?? 0) + "%"
        case .bytes: return Figure.decimal(value, decimals ?? 3) + " B"
        case .share: return Figure.decimal(value, decimals ?? 2)
        case .plain: return Figure.decimal(value, decimals ?? (value == value.rounded() ? 0 : 2))
        }
    }
}
