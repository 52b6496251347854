/// A number of acquisitions a second on the command line: `20000`, `50k`, `1.5M`.
package struct Rate: Hashable, CustomStringConvertible {
    package let perSecond: Double

    package init?(_ argument: String) {
        let scale = argument.hasSuffix("k") ? 1e3 : argument.hasSuffix("M") ? 1e6 : 1
        let digits = scale == 1 ? argument[...] : argument.dropLast()
        guard digits.allSatisfy({ $0.isASCII && ($0.isNumber || $0 == ".") }), let value = Double(digits),
            value * scale > 0, value * scale <= 1e9
        else { return nil }
        perSecond = value * scale
    }

    package var description: String { Figure.rate(perSecond) }
}
