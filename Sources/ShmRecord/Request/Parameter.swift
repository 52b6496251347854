package import ShmCoordinator

/// A parameter of the workload: its names, its notation, its meaning, and the property of ``Load`` that holds it.
///
/// The help and validation of options, the keys of scenarios, the request line, the columns, the reader's checks and the
/// titles are derived from it.
package struct Parameter: Sendable {
    /// The name in results files and request lines, which ends in the unit.
    package let column: String
    /// The key in scenarios; the option's name is the key with hyphens.
    package let key: String
    /// The placeholder in usage lines, which shows that a list is possible; `nil` if no option sets the parameter.
    package let valueName: String?
    /// Whether the option and the key of another parameter set it, too, so that it has none.
    package let isDerived: Bool
    /// Unit and meaning, in Markdown.
    package let doc: String
    /// The default, for the help.
    private let usual: String
    /// The values that users may write, for error messages.
    package let expected: String
    /// The values in files and requests, for error messages.
    private let expectedInFiles: String
    /// Whether a scenario writes the value without quotation marks.
    package let isBare: Bool
    /// The type of the column of a results file.
    package let kind: FieldKind
    /// Whether a results file must have the column.
    package let isRequired: Bool
    /// The value in a results file.
    package let value: @Sendable (Load) -> Value
    /// The value in a request line, with all digits.
    package let text: @Sendable (Load) -> String
    /// The value for people, in the user's notation.
    package let shown: @Sendable (Load) -> String
    /// The value in a title; `nil` for parameters that every title names.
    package let phrase: (@Sendable (Load) -> String)?
    private let isUsual: @Sendable (Load) -> Bool
    private let read: @Sendable (String, inout Load) -> Bool
    private let parse: @Sendable (String, inout Load) -> Bool

    /// - Parameters:
    ///   - key: the key in a scenario, if it differs from the column's name.
    ///   - place: the property of the load.
    ///   - isOptional: whether the column may be missing, and is empty at the default. A parameter that is added to schema 1
    ///     is optional, because older files do not have its column.
    ///   - isDerived: whether the option and the key of another parameter set it, whose key it has.
    ///   - words: the default in words, if it is not a value.
    ///   - phrase: a value in a title.
    package init<Content>(
        _ column: String, key: String? = nil, valueName: String?, _ notation: Notation<Content>,
        _ place: any WritableKeyPath<Load, Content> & Sendable, isOptional: Bool = false, isDerived: Bool = false,
        usual words: String? = nil, _ doc: String, phrase: (@Sendable (Load) -> String)? = nil
    ) {
        let standard = Load()[keyPath: place]
        self.column = column
        self.key = key ?? column
        self.valueName = valueName.map { $0.contains(",") ? $0 : "\($0),…" }
        self.isDerived = isDerived
        self.doc = doc
        usual = words ?? notation.text(Load()[keyPath: place])
        expected = notation.expected
        expectedInFiles = notation.expectedInFiles
        isBare = notation.isBare
        kind = notation.kind
        isRequired = !isOptional
        text = { notation.text($0[keyPath: place]) }
        shown = { notation.shown($0[keyPath: place]) }
        value = { load in
            let content = load[keyPath: place]
            return isOptional && content == standard ? .empty : notation.value(content)
        }
        self.phrase = phrase
        isUsual = { $0[keyPath: place] == standard }
        read = { text, load in
            guard let content = notation.read(text) else { return false }
            load[keyPath: place] = content
            return true
        }
        parse = { text, load in
            guard let content = isOptional && text.isEmpty ? standard : notation.parse(text) else { return false }
            load[keyPath: place] = content
            return true
        }
    }

    /// The value in a title; `nil` at the default.
    package func unusual(_ load: Load) -> String? { isUsual(load) ? nil : phrase?(load) }

    /// The name of the option, `--` included.
    package var option: String { "--" + key.replacing("_", with: "-") }

    /// The name in words: `critical section`.
    package var title: String { key.replacing("_", with: " ") }

    /// The parameters in which loads differ.
    package static func different(_ loads: [Load]) -> [Parameter] {
        all.filter { parameter in Set(loads.map(parameter.text)).count > 1 }
    }

    /// The option's help.
    package var help: String {
        doc.prefix(1).uppercased() + doc.dropFirst() + ". (default: \(usual))"
    }

    /// Sets the value from a user's notation.
    ///
    /// - Parameters:
    ///   - name: the option or key, for the message of the error.
    ///   - isInFile: whether a file has the value, for the message of the error.
    /// - Throws: ``Failure`` with the code `usage` if the value is invalid.
    package func set(_ text: String, for name: String, in load: inout Load, isInFile: Bool = false) throws {
        guard read(text, &load) else {
            throw Failure.invalid(text, for: name, expected: isInFile ? expectedInFiles : expected)
        }
    }

    /// Sets the value from a program's notation.
    ///
    /// - Parameter name: the column or word, for the message of the error.
    /// - Throws: ``Failure`` with the code `usage` if the value is invalid.
    package func restore(_ text: String, for name: String, in load: inout Load) throws {
        guard parse(text, &load) else { throw Failure.invalid(text, for: name, expected: expectedInFiles) }
    }
}
