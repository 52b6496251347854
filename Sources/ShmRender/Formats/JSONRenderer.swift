/// JSON for programs: an object per record.
package struct JSONRenderer: Renderer {
    package let name = "json"
    package let ending: String? = ".json"

    package func render(_ report: Report, for page: Page) -> String {
        JSON.document(schema: report.records.schema, report.records.names, report.records.rows)
    }
}
