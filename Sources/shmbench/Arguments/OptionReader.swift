internal import ArgumentParser
internal import ShmRecord

/// Options whose values a ``Notation`` reads: help shows the default, and a wrong value ends the program with the option's name,
/// the value and what is expected.
///
/// The name is repeated, since a property wrapper does not know its property; `OptionValueTests` compares it.
extension Option {
    /// An option with a default.
    init(wrappedValue: Value, _ name: String, _ notation: Notation<Value>, valueName: String, _ help: String)
    where Value: Equatable & Sendable {
        self.init(
            wrappedValue: wrappedValue, parsing: notation.parsing,
            help: ArgumentHelp("\(help) (default: \(notation.text(wrappedValue)))", valueName: valueName),
            transform: notation.reader(for: name))
    }

    /// An option that may be left out.
    ///
    /// - Parameter usual: the value without the option, for the help.
    init<Content>(
        _ name: String, usual: Content? = nil, _ notation: Notation<Content>, valueName: String, _ help: String
    ) where Value == Content? {
        let text = usual.map { " (default: \(notation.text($0)))" } ?? ""
        self.init(
            parsing: notation.parsing, help: ArgumentHelp("\(help)\(text)", valueName: valueName),
            transform: notation.reader(for: name))
    }

    /// An option that must be given.
    init(_ name: String, _ notation: Notation<Value>, valueName: String, _ help: String)
    where Value: Equatable & Sendable {
        self.init(
            parsing: notation.parsing, help: ArgumentHelp("\(help)", valueName: valueName),
            transform: notation.reader(for: name))
    }

    /// An option that may be given several times.
    init<Content>(
        wrappedValue: [Content], _ name: String, _ notation: Notation<Content>, valueName: String, _ help: String
    ) where Value == [Content] {
        self.init(
            wrappedValue: wrappedValue, help: ArgumentHelp("\(help)", valueName: valueName),
            transform: notation.reader(for: name))
    }
}

extension Notation {
    /// A number may begin with a hyphen, which its notation refuses; where a name is expected, that is the next option.
    fileprivate var parsing: SingleValueParsingStrategy { kind.isNumeric ? .unconditional : .next }

    /// Reads the value of an option or an argument.
    func reader(for name: String) -> @Sendable (String) throws -> Content {
        { text in
            guard let content = read(text) else { throw Failure.invalid(text, for: name, expected: expected) }
            return content
        }
    }
}

/// The parser appends it to its own message; see ``Main``.
extension Failure: CustomStringConvertible {
    package var description: String { message }
}
