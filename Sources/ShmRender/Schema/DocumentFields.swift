package import ShmRecord

/// A column of the list of documents: schema 1, in its order. Append new fields.
package typealias DocumentColumn = Field<DocumentDescription>

extension Field where Subject == DocumentDescription {
    package static let schema = 1

    package static let all: [Field<DocumentDescription>] = [
        schema(schema),
        Field("document", kind: .text, roles: .present, "name of the document") { .text($0.name) },
        Field("version", title: "schema", kind: .count, roles: .present, "number of the document's schema") {
            .integer($0.schema)
        },
        Field("columns", kind: .count, roles: .present, "number of columns") { .integer($0.columns.count) },
        Field("meaning", title: "a row is", kind: .text, roles: .present, "what a row is") { .text($0.doc) },
    ]
}
