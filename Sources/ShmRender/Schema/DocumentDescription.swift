package import ShmRecord

/// A document for programs, described: the columns of its rows, and the members of its JSON beside them.
package struct DocumentDescription: Sendable {
    /// The command that prints the document, or a word for one of several documents of a command.
    package let name: String
    /// What a row is.
    package let doc: String
    /// The number of the schema. A changed meaning is a new number; new columns and members are not.
    package let schema: Int
    package let columns: [ColumnDescription]
    package let members: [MemberDescription]

    package init<Subject>(
        _ name: String, _ doc: String, schema: Int, _ fields: [Field<Subject>], members: [MemberDescription] = []
    ) {
        self.name = name
        self.doc = doc
        self.schema = schema
        columns = fields.map(ColumnDescription.init)
        self.members = members
    }

    /// The Markdown table of the columns.
    package var columnTable: String {
        "| column | unit, meaning |\n|---|---|\n" + columns.map { "| `\($0.name)` | \($0.doc) |\n" }.joined()
    }

    /// The Markdown table of the members of the JSON beside the rows; empty if there are none.
    package var memberTable: String {
        if members.isEmpty { return "" }
        return "| member | meaning |\n|---|---|\n" + members.map { "| `\($0.name)` | \($0.doc) |\n" }.joined()
    }
}

/// A field without its values.
package struct ColumnDescription: Sendable {
    package let name: String
    package let kind: FieldKind
    package let unit: FieldUnit
    /// Whether every row has a value.
    package let isPresent: Bool
    /// Meaning, in Markdown.
    package let doc: String

    package init<Subject>(_ field: Field<Subject>) {
        name = field.name
        kind = field.kind
        unit = field.unit
        isPresent = field.roles.contains(.present)
        doc = field.doc
    }
}

/// A member of a JSON document beside its rows.
package struct MemberDescription: Sendable {
    package let name: String
    /// Meaning, in Markdown.
    package let doc: String
    /// The JSON Schema of the value.
    package let schema: JSONValue
    /// Whether every document has the member.
    package let isRequired: Bool

    package init(_ name: String, _ doc: String, isRequired: Bool = true, schema: JSONValue) {
        self.name = name
        self.doc = doc
        self.isRequired = isRequired
        self.schema = schema
    }

    /// An array of objects with a member per field.
    package static func rows<Subject>(
        _ name: String, _ doc: String, isRequired: Bool = true, _ fields: [Field<Subject>]
    ) -> MemberDescription {
        MemberDescription(
            name, doc, isRequired: isRequired,
            schema: JSONSchema.array(of: JSONSchema.object(fields.map(ColumnDescription.init))))
    }

    /// An object with a member per field.
    package static func object<Subject>(
        _ name: String, _ doc: String, isRequired: Bool = true, _ fields: [Field<Subject>]
    ) -> MemberDescription {
        MemberDescription(
            name, doc, isRequired: isRequired, schema: JSONSchema.object(fields.map(ColumnDescription.init)))
    }

    /// An array of texts.
    package static func sentences(_ name: String, _ doc: String) -> MemberDescription {
        MemberDescription(name, doc, schema: JSONSchema.array(of: .object([.init("type", .text("string"))])))
    }
}
