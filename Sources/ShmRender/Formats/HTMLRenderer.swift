/// One HTML file with pictures, for a browser: to open, to mail, or to attach to a CI run.
package struct HTMLRenderer: Renderer {
    package let name = "html"
    package let ending: String? = ".html"
    private let library: ChartLibrary?

    /// - Parameter library: `nil` for that of this machine, which is read when a page is written.
    package init(library: ChartLibrary? = nil) { self.library = library }

    package func render(_ report: Report, for page: Page) -> String {
        HTMLPage(report: report, library: library ?? .installed).source
    }
}
