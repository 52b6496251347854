/// Tables and sentences for a terminal.
package struct TableRenderer: Renderer {
    package let name = "table"
    package let ending: String? = nil

    package func render(_ report: Report, for page: Page) -> String { report.text(page) }
}
