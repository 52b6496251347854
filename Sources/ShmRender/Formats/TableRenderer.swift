/// Tables and sentences for a terminal, and plots if the page asks for them.
package struct TableRenderer: Renderer {
    package let name = "table"
    package let ending: String? = nil

    package func render(_ report: Report, for page: Page) -> String {
        let text = report.text(page)
        return page.hasPlots ? text + "\n" + TextPlots(exhibit: report.exhibit(), page: page).text : text
    }
}
