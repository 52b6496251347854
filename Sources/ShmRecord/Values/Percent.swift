/// Formats and parses percentages.
package enum Percent {
    /// The change that a ratio stands for: `+1.5%`, and a factor above +100 %.
    package static func change(_ ratio: Double) -> String {
        if ratio > 2 { return Figure.factor(ratio) }
        let text = Figure.decimal((ratio - 1) * 100, 1)
        return ratio >= 1 ? "+\(text)%" : "\(text)%"
    }

    /// A share: `5%` or `2.5%`.
    package static func text(_ share: Double) -> String {
        let percent = share * 100
        return "\(Figure.decimal(percent, abs(percent - percent.rounded()) < 0.05 ? 0 : 1))%"
    }

    /// A minimum relative change: `5%`, and a factor above 100 %.
    package static func margin(_ share: Double) -> String {
        share > 1 ? Figure.factor(1 + share) : text(share)
    }

    /// A bound that was measured: rounded up, so that it holds.
    package static func bound(_ share: Double) -> String { margin((share * 1000 - 1e-6).rounded(.up) / 1000) }

    /// The half-width of an interval, relative to its middle: `12%`, and a factor above 100 %.
    package static func spread(_ share: Double) -> String {
        share <= 1 ? "\(Figure.decimal(share * 100, 0))%" : Figure.factor(share)
    }

    /// The notation of a share, in a sentence for the help.
    package static let notation = "A share is written as a percentage, as in 5%, or as a number below 1, as in 0.05."

    /// The accepted shares, for error messages.
    ///
    /// - Parameter isAbove: whether the lower bound itself is excluded.
    package static func expected(_ range: ClosedRange<Double>, isAbove: Bool = false) -> String {
        let bounds = "\(isAbove ? "more than " : "")\(text(range.lowerBound)) \(isAbove ? "and at most" : "to")"
        return "\(bounds) \(text(range.upperBound)), as in 5% or 0.05; a number from 1 on needs the %"
    }

    /// Parses `5%` or `0.05`; `nil` if it is invalid. A number from 1 on needs the sign, since it may mean either.
    package static func share(_ text: String) -> Double? {
        let digits = text.hasSuffix("%") ? text.dropLast() : text[...]
        guard !digits.isEmpty, digits.allSatisfy({ $0.isASCII && ($0.isNumber || $0 == ".") }),
            let number = Double(digits)
        else { return nil }
        if text.hasSuffix("%") { return number / 100 }
        return number < 1 ? number : nil
    }
}
