package import ShmCoordinator

/// A parameter of a load: its names, its values, what it means, and where a ``Load`` has it.
///
/// Options' help and checks, keys of scenarios, the request line, columns, the reader's checks and titles follow from it.
package struct Parameter: Sendable {
    /// The column of a results file and the word of a request line, with its unit at the end.
    package let column: String
    /// The key in a scenario; the option is this with hyphens.
    package let key: String
    /// How a usage line names its values; `nil` where no option has it.
    package let valueName: String?
    /// Unit and meaning, in Markdown.
    package let doc: String
    /// Whether help says what it is where it is not asked for.
    private let hasDefault: Bool
    /// What a person may write, for a message.
    package let expected: String
    /// Whether a scenario takes no quotation marks around it.
    package let isBare: Bool
    /// Whether a results file has it as a text.
    package let isText: Bool
    /// Whether a results file must have it.
    package let isRequired: Bool
    /// As a results file has it.
    package let value: @Sendable (Load) -> Value
    /// The same with all digits, for a request line.
    package let text: @Sendable (Load) -> String
    /// What a title says of it; `nil` for what titles say by themselves.
    package let phrase: (@Sendable (Load) -> String)?
    private let isUsual: @Sendable (Load) -> Bool
    private let read: @Sendable (String, inout Load) -> Bool
    private let parse: @Sendable (String, inout Load) -> Bool

    /// - Parameters:
    ///   - key: in a scenario, where that is not the column's name.
    ///   - place: where a load has it.
    ///   - isOptional: whether the column may be missing, and is empty where the value is the usual. One that is added to
    ///     schema 1 is optional, since older files lack it.
    ///   - phrase: what a title says of a value.
    package init<Content>(
        _ column: String, key: String? = nil, valueName: String?, _ notation: Notation<Content>,
        _ place: any WritableKeyPath<Load, Content> & Sendable, isOptional: Bool = false, hasDefault: Bool = true,
        _ doc: String, phrase: (@Sendable (Load) -> String)? = nil
    ) {
        let usual = Load()[keyPath: place]
        self.column = column
        self.key = key ?? column
        self.valueName = valueName
        self.doc = doc
        self.hasDefault = hasDefault
        expected = notation.expected
        isBare = notation.isBare
        isText = notation.isText
        isRequired = !isOptional
        text = { notation.text($0[keyPath: place]) }
        value = { load in
            let content = load[keyPath: place]
            return isOptional && content == usual ? .empty : notation.value(content)
        }
        self.phrase = phrase
        isUsual = { $0[keyPath: place] == usual }
        read = { text, load in
            guard let content = notation.read(text) else { return false }
            load[keyPath: place] = content
            return true
        }
        parse = { text, load in
            guard let content = isOptional && text.isEmpty ? usual : notation.parse(text) else { return false }
            load[keyPath: place] = content
            return true
        }
    }

    /// What a title says of a value that is not the usual.
    package func unusual(_ load: Load) -> String? { isUsual(load) ? nil : phrase?(load) }

    /// The option's name.
    package var option: String { "--" + key.replacing("_", with: "-") }

    /// What help says of it.
    package var help: String {
        doc.prefix(1).uppercased() + doc.dropFirst() + "." + (hasDefault ? " (default: \(text(Load())))" : "")
    }

    /// Takes what a person wrote.
    ///
    /// - Parameter name: of what it was written for: an option, or a key.
    package func set(_ text: String, for name: String, in load: inout Load) throws {
        guard read(text, &load) else { throw Failure.invalid(text, for: name, expected: expected) }
    }

    /// Takes what a program wrote.
    package func restore(_ text: String, for name: String, in load: inout Load) throws {
        guard parse(text, &load) else { throw Failure.invalid(text, for: name, expected: expected) }
    }
}
