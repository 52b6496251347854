internal import ShmHarness

/// How the values of a parameter are written: by users in options and scenarios, by programs in files and requests.
package struct Notation<Content: Equatable & Sendable>: Sendable {
    /// The values that users may write, for error messages.
    package let expected: String
    /// The values in files and requests, for error messages.
    package let expectedInFiles: String
    /// Whether a scenario writes the value without quotation marks.
    package var isBare = false
    /// The type of the column of a results file.
    package var kind = FieldKind.number
    /// Parses a user's notation; `nil` if it is invalid.
    package let read: @Sendable (String) -> Content?
    /// Parses a program's notation; `nil` if it is invalid.
    package let parse: @Sendable (String) -> Content?
    /// The program's notation, with all digits.
    package let text: @Sendable (Content) -> String
    /// The value for people, in the user's notation.
    package let shown: @Sendable (Content) -> String
    /// The value in a results file.
    package let value: @Sendable (Content) -> Value

    /// - Parameter shown: the default is `text`.
    package init(
        expected: String, inFiles: String? = nil, isBare: Bool = false, kind: FieldKind = .number,
        read: @escaping @Sendable (String) -> Content?,
        parse: @escaping @Sendable (String) -> Content?, text: @escaping @Sendable (Content) -> String,
        shown: (@Sendable (Content) -> String)? = nil, value: @escaping @Sendable (Content) -> Value
    ) {
        self.expected = expected
        expectedInFiles = inFiles ?? expected
        self.isBare = isBare
        self.kind = kind
        self.read = read
        self.parse = parse
        self.text = text
        self.shown = shown ?? text
        self.value = value
    }
}

extension Notation<Int> {
    /// A whole number.
    package static func count(_ range: ClosedRange<Int>) -> Notation {
        let read: @Sendable (String) -> Int? = { text in Int(text).flatMap { range.contains($0) ? $0 : nil } }
        return Notation(
            expected: range.text, isBare: true, kind: .count, read: read, parse: read, text: { "\($0)" },
            value: { .integer($0) })
    }

    /// The size of bursts; programs write 0 where there are none.
    package static let burst: Notation = {
        let sizes = count(2...4096)
        return Notation(
            expected: sizes.expected, isBare: true, kind: .count, read: sizes.read,
            parse: { $0 == "0" ? 0 : sizes.parse($0) }, text: sizes.text, value: sizes.value)
    }()

    /// A whole number of percent. Users write `50%` or `0.5`; programs, scenarios and command lines of older versions write
    /// `50`.
    package static let percent: Notation = {
        let parse: @Sendable (String) -> Int? = { text in Int(text).flatMap { (0...100).contains($0) ? $0 : nil } }
        let read: @Sendable (String) -> Int? = { text in
            if let number = parse(text) { return number }
            guard let percent = Percent.share(text).map({ $0 * 100 }) else { return nil }
            let whole = percent.rounded()
            return abs(percent - whole) < 1e-9 && whole <= 100 ? Int(whole) : nil
        }
        return Notation(
            expected: "whole percents, 0% to 100%, as in 50% or 50", inFiles: "a whole number from 0 to 100",
            read: read, parse: parse, text: { "\($0)" }, shown: { "\($0)%" }, value: { .integer($0) })
    }()

    /// A duration in nanoseconds. Users write a unit; programs write nanoseconds.
    package static let time = Notation(
        expected: "a time \(TimeSpan.form)", kind: .count, read: { TimeSpan($0)?.nanoseconds },
        parse: { text in Int(text).flatMap { TimeSpan.range.contains($0) ? $0 : nil } }, text: { "\($0)" },
        shown: { $0 == 0 ? "0" : "\(TimeSpan(nanoseconds: $0))" }, value: { .integer($0) })

    /// The size of a working set in bytes, in whole cache lines. Users may write a unit; programs write bytes.
    package static let touch: Notation = {
        let (line, most) = (GuardedData.lineSize, GuardedData.lineLimit * GuardedData.lineSize)
        let checked: @Sendable (Int) -> Int? = { (0...most).contains($0) && $0 % line == 0 ? $0 : nil }
        return Notation(
            expected: "0, or a size from \(line) to \(ByteSize(bytes: most)) in multiples of \(line), as in 4KiB",
            kind: .count, read: { ByteSize($0).flatMap { checked($0.bytes) } },
            parse: { text in Int(text).flatMap(checked) }, text: { "\($0)" },
            shown: { $0 == 0 ? "0" : "\(ByteSize(bytes: $0))" }, value: { .integer($0) })
    }()
}

extension Notation<Double> {
    /// Acquisitions per second; 0 is a closed loop.
    package static let rate = Notation(
        expected: Rate.form, read: { Rate($0)?.perSecond },
        parse: { text in Double(text).flatMap { (0...Rate.most).contains($0) ? $0 : nil } }, text: { "\($0)" },
        shown: Figure.rate, value: { Value($0, decimals: 1) })
}

extension Notation<String> {
    /// A name that needs no quoting in file names, request lines and reports.
    package static let name: Notation = {
        let read: @Sendable (String) -> String? = { $0.isPlainName ? $0 : nil }
        return Notation(
            expected: "a name of letters, digits, hyphens, dots and underscores", kind: .text, read: read, parse: read,
            text: { $0 }, value: { .text($0) })
    }()
}

extension Notation {
    /// One of several named values.
    ///
    /// - Parameter unasked: a value that only programs write.
    package static func choice(
        _ values: [Content], unasked: Content? = nil, name: @escaping @Sendable (Content) -> String,
        also other: @escaping @Sendable (String) -> Content? = { _ in nil }
    ) -> Notation {
        let names = values.map(name)
        return Notation(
            expected: names.dropLast().joined(separator: ", ") + " or " + (names.last ?? ""),
            kind: .words(names + [unasked].compactMap(\.self).map(name)),
            read: { text in values.first { name($0) == text } ?? other(text) },
            parse: { text in (values + [unasked].compactMap(\.self)).first { name($0) == text } }, text: name,
            value: { .text(name($0)) })
    }
}

extension ClosedRange<Int> {
    /// The range in an error message: `1…4096`.
    package var text: String { "\(lowerBound)…\(upperBound)" }
}

extension Substring {
    /// The text without blanks at its ends.
    package var trimmingBlanks: String { String(drop { $0 == " " }.reversed().drop { $0 == " " }.reversed()) }
}

extension String {
    /// Whether the text is a name that needs no quoting: letters, digits, hyphens, dots and underscores.
    package var isPlainName: Bool {
        !isEmpty && allSatisfy { $0.isASCII && ($0.isLetter || $0.isNumber || "-_.".contains($0)) }
    }
}
