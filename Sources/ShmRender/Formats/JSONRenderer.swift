/// JSON for programs: an object per record, and the report's facts.
package struct JSONRenderer: Renderer {
    package let name = "json"
    package let ending: String? = ".json"

    package func render(_ report: Report, for page: Page) -> String {
        report.json ?? JSON.document(report.records, facts: report.facts())
    }
}
