internal import ShmRecord

/// CSV for programs: a header row, and a line per record.
package struct CSVRenderer: Renderer {
    package let name = "csv"
    package let ending: String? = ".csv"

    package func render(_ report: Report, for page: Page) -> String {
        CSV.document(report.records.names, report.records.rows)
    }
}
