internal import ShmRecord

/// Generates JSON Schemas (draft 2020-12) from descriptions.
///
/// A schema describes the documents of the version that prints it: each key that every document has is required, and a key
/// that it does not describe is refused. Units are in the annotation `unit`.
package enum JSONSchema {
    /// The schema of a JSON document.
    package static func document(_ document: DocumentDescription) -> JSONValue {
        let members = document.members.map { member in described(member.schema, member.doc, name: member.name) }
        let required = ["schema", "rows"] + document.members.filter(\.isRequired).map(\.name)
        return .object([
            .init("$schema", .text("https://json-schema.org/draft/2020-12/schema")),
            .init("$id", .text("urn:shmbench:\(document.name):\(document.schema)")),
            .init("title", .text("shmbench \(document.name), schema \(document.schema)")),
            .init("description", .text("A row of `rows` is: \(document.doc).")),
            .init("type", .text("object")),
            .init("required", .texts(required)), closed,
            .init(
                "properties",
                .object(
                    [
                        .init("schema", constant(document.schema)),
                        .init("rows", array(of: object(document.columns, schema: document.schema))),
                    ] + members)),
        ])
    }

    static func array(of items: JSONValue) -> JSONValue {
        .object([.init("type", .text("array")), .init("items", items)])
    }

    /// An object with a member per column.
    ///
    /// - Parameter schema: the value of the column `schema`.
    static func object(_ columns: [ColumnDescription], schema: Int? = nil) -> JSONValue {
        let properties = columns.map { column in
            JSONValue.Member(
                column.name, column.name == "schema" ? schema.map(constant) ?? property(column) : property(column))
        }
        return .object([
            .init("type", .text("object")), .init("required", .texts(columns.map(\.name))),
            closed, .init("properties", .object(properties)),
        ])
    }

    /// No other keys than the described ones.
    private static let closed = JSONValue.Member("additionalProperties", .value(.boolean(false)))

    private static func constant(_ number: Int) -> JSONValue { .object([.init("const", .value(.integer(number)))]) }

    private static func described(_ schema: JSONValue, _ doc: String, name: String) -> JSONValue.Member {
        guard case .object(let members) = schema else { return .init(name, schema) }
        return .init(name, .object([.init("description", .text(doc))] + members))
    }

    private static func property(_ column: ColumnDescription) -> JSONValue {
        var members = [JSONValue.Member("description", .text(column.doc))]
        if column.unit != .plain { members.append(.init("unit", .text(column.unit.rawValue))) }
        members += type(column)
        return .object(members)
    }

    private static func type(_ column: ColumnDescription) -> [JSONValue.Member] {
        let nothing = column.isPresent ? [] : ["null"]
        func type(_ name: String) -> JSONValue.Member {
            .init("type", nothing.isEmpty ? .text(name) : .texts([name] + nothing))
        }
        switch column.kind {
        case .text: return [type("string")]
        case .count: return [type("integer"), .init("minimum", .value(.integer(0)))]
        case .number: return [type("number")]
        case .boolean: return [type("boolean")]
        case .words(let words):
            let null = column.isPresent ? [] : [JSONValue.value(.empty)]
            return [.init("enum", .array(words.map { .text($0) } + null))]
        case .list:
            return [
                type("array"),
                .init("items", .object([.init("type", .texts(["string", "number"]))])),
            ]
        }
    }
}
