/// How the values of a parameter are written, by a person and by a program.
package struct Notation<Content: Equatable & Sendable>: Sendable {
    /// What a person may write, for a message.
    package let expected: String
    /// Whether a scenario takes no quotation marks around it.
    package var isBare = false
    /// Whether a results file has it as a text.
    package var isText = false
    /// Reads what a person writes; `nil` where that is no such value.
    package let read: @Sendable (String) -> Content?
    /// Reads what a program writes.
    package let parse: @Sendable (String) -> Content?
    /// As a program writes it, with all digits.
    package let text: @Sendable (Content) -> String
    /// As a results file has it.
    package let value: @Sendable (Content) -> Value

    package init(
        expected: String, isBare: Bool = false, isText: Bool = false, read: @escaping @Sendable (String) -> Content?,
        parse: @escaping @Sendable (String) -> Content?, text: @escaping @Sendable (Content) -> String,
        value: @escaping @Sendable (Content) -> Value
    ) {
        self.expected = expected
        self.isBare = isBare
        self.isText = isText
        self.read = read
        self.parse = parse
        self.text = text
        self.value = value
    }
}

extension Notation<Int> {
    /// A whole number.
    package static func count(_ range: ClosedRange<Int>) -> Notation {
        let read: @Sendable (String) -> Int? = { text in Int(text).flatMap { range.contains($0) ? $0 : nil } }
        return Notation(
            expected: range.text, isBare: true, read: read, parse: read, text: { "\($0)" }, value: { .integer($0) })
    }

    /// A length of time in nanoseconds, which a person writes with a unit.
    package static let time = Notation(
        expected: "a time \(TimeSpan.form)", read: { TimeSpan($0)?.nanoseconds },
        parse: { text in Int(text).flatMap { TimeSpan.range.contains($0) ? $0 : nil } }, text: { "\($0)" },
        value: { .integer($0) })
}

extension Notation<Double> {
    /// Acquisitions a second; 0 for no schedule.
    package static let rate = Notation(
        expected: Rate.form, read: { Rate($0)?.perSecond },
        parse: { text in Double(text).flatMap { (0...Rate.most).contains($0) ? $0 : nil } }, text: { "\($0)" },
        value: { Value($0, decimals: 1) })
}

extension Notation<String> {
    /// A name that file names, request lines and reports of several syntaxes need not quote.
    package static let name: Notation = {
        let read: @Sendable (String) -> String? = { $0.isPlainName ? $0 : nil }
        return Notation(
            expected: "a name of letters, digits, hyphens, dots and underscores", isText: true, read: read, parse: read,
            text: { $0 }, value: { .text($0) })
    }()
}

extension Notation {
    /// One of a few values, each with a name.
    ///
    /// - Parameter unasked: a value that only a program writes.
    package static func choice(
        _ values: [Content], unasked: Content? = nil, name: @escaping @Sendable (Content) -> String
    ) -> Notation {
        let names = values.map(name)
        return Notation(
            expected: names.dropLast().joined(separator: ", ") + " or " + (names.last ?? ""), isText: true,
            read: { text in values.first { name($0) == text } },
            parse: { text in (values + [unasked].compactMap(\.self)).first { name($0) == text } }, text: name,
            value: { .text(name($0)) })
    }
}

extension ClosedRange<Int> {
    /// For a message: `1…4096`.
    package var text: String { "\(lowerBound)…\(upperBound)" }
}

extension String {
    /// Whether it is a name that file names, request lines and reports need not quote.
    package var isPlainName: Bool {
        !isEmpty && allSatisfy { $0.isASCII && ($0.isLetter || $0.isNumber || "-_.".contains($0)) }
    }
}
