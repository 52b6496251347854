internal import ShmRecord

extension Drawing.Unit {
    /// Whether equal distances on the axis are equal factors.
    var isLogarithmic: Bool {
        switch self {
        case .rate, .time, .ratio, .percentile, .count: true
        case .clock, .margin, .share, .plain: false
        }
    }

    /// A number on an axis: three significant digits without zeros at the end, and the unit.
    func words(_ number: Double) -> String {
        switch self {
        case .rate: Self.short(number, [("M/s", 1e6), ("k/s", 1e3), ("/s", 1)])
        case .time: Self.short(number, Self.times)
        case .clock: Self.short(number * 1e3, Self.times)
        case .ratio: Percent.change(number)
        case .percentile: Self.trimmed(Figure.decimal(100 - 100 / number, 4)) + "%"
        case .count: Figure.decimal(number, 0)
        case .margin, .share, .plain: Self.short(number, [("M", 1e6), ("k", 1e3), ("", 1)])
        }
    }

    private static let times = [("s", 1e9), ("ms", 1e6), ("µs", 1e3), ("ns", 1.0)]

    private static func short(_ number: Double, _ units: [(suffix: String, scale: Double)]) -> String {
        let parts = Figure.short(number, units).split(separator: " ", omittingEmptySubsequences: false)
        return ([trimmed(String(parts[0]))] + parts.dropFirst().map(String.init).filter { !$0.isEmpty })
            .joined(separator: " ")
    }

    private static func trimmed(_ number: String) -> String {
        if !number.contains(".") { return number }
        let digits = number.reversed().drop { $0 == "0" }
        return String((digits.first == "." ? digits.dropFirst() : digits).reversed())
    }
}
