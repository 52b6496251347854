/// HTML source. Texts get into it by interpolation, which escapes them; only literals and other markup stay as they are.
struct Markup: ExpressibleByStringInterpolation {
    private(set) var source: String

    init(stringLiteral source: String) { self.source = source }

    init(stringInterpolation parts: StringInterpolation) { source = parts.source }

    /// Source that is not of a document's text: a style sheet, a script.
    init(trusted source: String) { self.source = source }

    /// Builds markup from a literal.
    struct StringInterpolation: StringInterpolationProtocol {
        fileprivate var source = ""

        init(literalCapacity: Int, interpolationCount: Int) { source.reserveCapacity(literalCapacity * 2) }

        mutating func appendLiteral(_ literal: String) { source += literal }

        mutating func appendInterpolation(_ text: String) { source += Markup.escaped(text) }

        mutating func appendInterpolation(_ number: Int) { source += "\(number)" }

        mutating func appendInterpolation(_ markup: Markup) { source += markup.source }
    }

    static func += (left: inout Markup, right: Markup) { left.source += right.source }

    static func + (left: Markup, right: Markup) -> Markup { Markup(trusted: left.source + right.source) }

    /// A sentence, in which backquotes enclose names. Those of values are `String.verbatim`.
    static func sentence(_ text: String) -> Markup {
        text.split(separator: "`", omittingEmptySubsequences: false).enumerated().map { index, part -> Markup in
            index % 2 == 1
                ? "<code>\(String(part))</code>" : words(Substring(part.replacing(String.backquote, with: "`")))
        }.joined()
    }

    /// Words, of which options are not broken at their hyphens.
    static func words(_ text: Substring) -> Markup {
        if !text.contains("--") { return "\(String(text))" }
        let words = text.split(separator: " ", omittingEmptySubsequences: false).map { word -> Markup in
            word.hasPrefix("--") ? "<span class=\"option\">\(String(word))</span>" : "\(String(word))"
        }
        return Markup(trusted: words.map(\.source).joined(separator: " "))
    }

    /// Data for a script, in an element of a type that browsers do not execute. `<` would end the element.
    static func data(_ value: JSONValue) -> Markup {
        Markup(trusted: JSON.text(value).replacing("<", with: "\\u003c"))
    }

    /// A text for content and for quoted attributes. HTML allows no other control characters, even escaped.
    private static func escaped(_ text: String) -> String {
        // Most texts need nothing.
        if text.utf8.allSatisfy({ $0 >= 0x20 && $0 < 0x7f && !Self.special.contains($0) }) { return text }
        var result = ""
        for scalar in text.unicodeScalars {
            switch scalar {
            case "&": result += "&amp;"
            case "<": result += "&lt;"
            case ">": result += "&gt;"
            case "\"": result += "&quot;"
            case "'": result += "&#39;"
            case "\n", "\t": result.unicodeScalars.append(scalar)
            case _ where scalar.value < 0x20 || (0x7f..<0xa0).contains(scalar.value): result += "\u{fffd}"
            default: result.unicodeScalars.append(scalar)
            }
        }
        return result
    }

    private static let special = Set("&<>\"'".utf8)
}

extension Sequence<Markup> {
    /// One after the other.
    func joined() -> Markup { Markup(trusted: map(\.source).joined()) }
}
