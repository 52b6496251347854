/// A duration on the command line or in a scenario: `200ns`, `1.5us`, `300ms`, `2s`, `1.5min`, `1h`. A 0 needs no unit.
package struct TimeSpan: Hashable, CustomStringConvertible {
    package let nanoseconds: Int

    /// Ascending. Keyboards have either the micro sign or the Greek letter, which look alike.
    private static let units: [(name: String, nanoseconds: Double)] = [
        ("ns", 1), ("us", 1e3), ("μs", 1e3), ("µs", 1e3), ("ms", 1e6), ("s", 1e9), ("min", 6e10), ("h", 3.6e12),
    ]
    /// The accepted durations, ns.
    package static let range = 0...24 * 3600 * 1_000_000_000

    package init(nanoseconds: Int) { self.nanoseconds = nanoseconds }

    /// The notation, for error messages.
    package static let form = "as in 200ns, 1.5us, 300ms, 2s, 1.5min or 1h, at most a day"

    package init?(_ argument: String) {
        let number = argument.prefix { $0.isASCII && ($0.isNumber || $0 == ".") }
        let unit = argument.dropFirst(number.count)
        guard let value = Double(number) else { return nil }
        let scale: Double
        if let known = Self.units.first(where: { $0.name == unit }) {
            scale = known.nanoseconds
        } else if unit.isEmpty && value == 0 {
            scale = 1
        } else {
            return nil
        }
        let result = value * scale
        guard result <= Double(Self.range.upperBound), result == 0 || result >= 1 else { return nil }
        nanoseconds = Int(result.rounded())
    }

    package var description: String {
        for unit in Self.units.reversed() where nanoseconds > 0 && Double(nanoseconds) >= unit.nanoseconds {
            let value = Double(nanoseconds) / unit.nanoseconds
            if value == value.rounded() { return "\(Int(value))\(unit.name)" }
        }
        return "\(nanoseconds)ns"
    }
}
