/// Acquisitions per second on the command line: `20000`, `50k`, `1.5M`.
package struct Rate: Hashable, CustomStringConvertible {
    package let perSecond: Double

    /// The limit, acquisitions per second.
    package static let most = 1e9
    /// The notation, for error messages.
    package static let form = "acquisitions per second as in 20000, 50k or 1.5M, more than 0 and at most 1000M"

    package init?(_ argument: String) {
        let scale = argument.hasSuffix("k") ? 1e3 : argument.hasSuffix("M") ? 1e6 : 1
        let digits = scale == 1 ? argument[...] : argument.dropLast()
        guard digits.allSatisfy({ $0.isASCII && ($0.isNumber || $0 == ".") }), let value = Double(digits),
            value * scale > 0, value * scale <= Self.most
        else { return nil }
        perSecond = value * scale
    }

    package var description: String { Figure.rate(perSecond) }
}
