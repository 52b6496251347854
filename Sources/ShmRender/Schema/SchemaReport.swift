internal import ShmRecord

extension Report {
    /// The list of documents for programs.
    package init(documents: [DocumentDescription]) {
        let table = TableLayout<DocumentDescription>(items: DocumentColumn.all.dropFirst().map { .init($0) })
        self.init(
            "schema", text: { table.table(documents, for: $0) }, markdown: { table.markdown(documents) + "\n" },
            records: Records(schema: DocumentColumn.schema, DocumentColumn.all, documents))
    }

    /// The columns of a document; in JSON, its JSON Schema.
    package init(columnsOf document: DocumentDescription) {
        let rows = DescriptionRow.rows(document)
        self.init(
            "schema",
            text: { page in
                rows.map { row in
                    let unit = row.column.unit == .plain ? "" : ", \(row.column.unit.rawValue)"
                    return page.hanging("\(row.column.name)  ", "(\(row.column.kind.name)\(unit)) \(row.column.doc)")
                }.joined()
            }, markdown: { document.columnTable + (document.memberTable.isEmpty ? "" : "\n" + document.memberTable) },
            records: Records(schema: DescriptionColumn.schema, DescriptionColumn.all, rows),
            json: JSON.pretty(JSONSchema.document(document)) + "\n")
    }
}
