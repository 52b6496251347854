package import ShmRecord

/// A column of a document, as a row of its description.
package struct DescriptionRow {
    package let document: DocumentDescription
    package let column: ColumnDescription

    package static func rows(_ document: DocumentDescription) -> [DescriptionRow] {
        document.columns.map { DescriptionRow(document: document, column: $0) }
    }
}

/// A column of the description of a document's columns: schema 1, in its order. Append new fields.
package typealias DescriptionColumn = Field<DescriptionRow>

extension Field where Subject == DescriptionRow {
    package static let schema = 1

    package static let all: [Field<DescriptionRow>] = [
        schema(schema),
        Field("document", kind: .text, roles: .present, "name of the described document") { .text($0.document.name) },
        Field("column", kind: .text, roles: .present, "name of the column, and of the member in JSON") {
            .text($0.column.name)
        },
        Field(
            "type", kind: .words(FieldKind.names), roles: .present,
            "`text`, `count` (a whole number of at least 0), `number`, `boolean` (`yes` or `no` in CSV, true or false in JSON), `word` (one of `words`), `list`"
        ) { .text($0.column.kind.name) },
        Field("unit", kind: .text, "`ns`, `s`, `1/s`, `%`, `bytes`, `share` (a part of 1); empty without a unit") {
            Value($0.column.unit.rawValue)
        },
        Field("optional", kind: .boolean, roles: .present, "whether the value may be empty (`null` in JSON)") {
            .boolean(!$0.column.isPresent)
        },
        Field("words", kind: .list, "the possible values of a word, separated by blanks") { row in
            if case .words(let words) = row.column.kind { .list(words.map { .text($0) }) } else { .empty }
        },
        Field("meaning", kind: .text, roles: .present, "meaning, in Markdown") { .text($0.column.doc) },
    ]
}
