import ShmRecord
import ShmRender
import Testing

/// A report in a format, on a page of 80 columns.
func rendered(_ report: Report, _ format: String) throws -> String {
    try #require(OutputFormat(named: format)).renderer.render(report, for: Page())
}

/// Rounds as a results file has them.
func csvDocument(_ rows: [Row]) -> String {
    let records = Report.Records(rows)
    return CSV.document(records.names, records.rows)
}
