package import ShmRecord

/// A value of a JSON document. Members of objects keep their order.
package enum JSONValue: Equatable, Sendable {
    case value(Value)
    case array([JSONValue])
    case object([Member])
    /// An array of objects with the same members. Of many machines there are tens of thousands.
    case rows([String], [[Value]])

    /// A member of an object.
    package struct Member: Equatable, Sendable {
        package let name: String
        package let value: JSONValue

        package init(_ name: String, _ value: JSONValue) {
            self.name = name
            self.value = value
        }
    }

    package static func text(_ text: String) -> JSONValue { .value(.text(text)) }

    package static func texts(_ texts: [String]) -> JSONValue { .array(texts.map { .text($0) }) }

    /// An object with a member per field.
    package static func object<Subject>(_ fields: [Field<Subject>], _ subject: Subject) -> JSONValue {
        .object(fields.map { Member($0.name, .value($0.value(subject))) })
    }

    /// An array with an object per subject.
    package static func rows<Subject>(_ fields: [Field<Subject>], _ subjects: [Subject]) -> JSONValue {
        .rows(fields.map(\.name), subjects.map { subject in fields.map { $0.value(subject) } })
    }
}
