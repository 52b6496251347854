import ShmRecord
import Testing

@testable import ShmRender

/// A report in a format, on a page of 80 columns. HTML has a library of one line.
func rendered(_ report: Report, _ format: String) throws -> String {
    if format == "html" { return HTMLRenderer(library: .stub).render(report, for: Page()) }
    return try #require(OutputFormat(named: format)).renderer.render(report, for: Page())
}

extension ChartLibrary {
    /// In place of Chart.js.
    static let stub = ChartLibrary(script: "/*! Chart.js v3.9.1 */", from: "chart.js")
    /// A machine without Chart.js.
    static let missing = ChartLibrary(file: "/nowhere/chart.js")
}

extension Page {
    /// An HTML page without what is the same in all of them, and without facts about this machine.
    static func shortened(_ html: String) -> String {
        html.replacing(/<style>[^<]*<\/style>/, with: "<style>STYLE</style>")
            .replacing(/<script>[\s\S]*?<\/script>/, with: "<script>SCRIPT</script>")
            .replacing(/sha256-[A-Za-z0-9+\/=]*/, with: "HASH").replacing(/href="data:[^"]*"/, with: "href=\"DATA\"")
            .replacing(/<dl>[\s\S]*?<\/dl>/, with: "<dl>CONDITIONS</dl>")
            .replacing(/content="shmbench [^"]*"/, with: "content=\"shmbench VERSION\"")
    }
}

/// Rounds as a results file has them.
func csvDocument(_ rows: [Row]) -> String {
    let records = Report.Records(rows)
    return CSV.document(records.names, records.rows)
}
