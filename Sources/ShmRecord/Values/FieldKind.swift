/// The type of a field's values.
package enum FieldKind: Sendable, Equatable {
    case text
    /// A whole number of at least 0.
    case count
    case number
    /// `yes` or `no` in CSV, `true` or `false` in JSON.
    case boolean
    /// One of these words.
    case words([String])
    /// Texts or numbers: an array in JSON.
    case list

    /// One of the words of an enumeration.
    package static func words<Word: CaseIterable & RawRepresentable<String>>(of words: Word.Type) -> FieldKind {
        .words(words.allCases.map(\.rawValue))
    }

    package var isNumeric: Bool { self == .count || self == .number }

    /// The values of ``name``.
    package static let names = [FieldKind.text, .count, .number, .boolean, .words([]), .list].map(\.name)

    /// The name in descriptions.
    package var name: String {
        switch self {
        case .text: "text"
        case .count: "count"
        case .number: "number"
        case .boolean: "boolean"
        case .words: "word"
        case .list: "list"
        }
    }
}
