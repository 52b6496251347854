/// Formats numbers.
package enum Figure {
    /// A number with a fixed number of decimals, `.` as the decimal point, and no exponent.
    package static func decimal(_ number: Double, _ decimals: Int) -> String {
        guard number.isFinite, abs(number) < 1e15 else { return "\(number)" }
        // Numbers from files may have more digits than fit into an integer.
        var (scale, kept) = (1, 0)
        while kept < decimals && abs(number) * Double(scale) < 9e17 && kept < 15 {
            scale *= 10
            kept += 1
        }
        let scaled = Int((abs(number) * Double(scale)).rounded())
        let sign = number < 0 && scaled > 0 ? "-" : ""
        guard kept > 0 else { return "\(sign)\(scaled)" }
        let fraction = String(scaled % scale)
        return "\(sign)\(scaled / scale)." + String(repeating: "0", count: kept - fraction.count) + fraction
    }

    /// Three significant digits and a unit: 1.23 M, 45.6 k.
    package static func short(_ number: Double, _ units: [(suffix: String, scale: Double)]) -> String {
        let unit = units.first { abs(number) >= $0.scale * 0.9995 } ?? units[units.count - 1]
        let value = number / unit.scale
        let decimals = abs(value) >= 99.95 ? 0 : abs(value) >= 9.995 ? 1 : 2
        return "\(decimal(value, decimals)) \(unit.suffix)"
    }

    /// A rate: 1.23 M/s.
    package static func rate(_ perSecond: Double) -> String {
        short(perSecond, [("M/s", 1e6), ("k/s", 1e3), ("/s", 1)])
    }

    /// A count: 1.23 M.
    package static func count(_ number: Double) -> String {
        let text = short(number, [("M", 1e6), ("k", 1e3), ("", 1)])
        return text.hasSuffix(" ") ? String(text.dropLast()) : text
    }

    /// A factor: ×1.23, ×45.6 or ×1.23 M.
    package static func factor(_ ratio: Double) -> String {
        if !ratio.isFinite { return "×∞" }
        return "×" + (ratio < 9.995 ? decimal(ratio, 2) : count(ratio))
    }

    /// A duration: 1.23 µs.
    package static func time(_ nanoseconds: Double) -> String {
        if nanoseconds < 1000 { return "\(decimal(nanoseconds, 0)) ns" }
        return short(nanoseconds, [("s", 1e9), ("ms", 1e6), ("µs", 1e3)])
    }
}

extension String {
    /// The text, padded with blanks on the right.
    package func padded(to width: Int) -> String { self + String(repeating: " ", count: max(0, width - count)) }
}
