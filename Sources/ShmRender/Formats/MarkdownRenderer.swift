/// For a page: a job's summary, a comment on a pull request, a document.
package struct MarkdownRenderer: Renderer {
    package let name = "markdown"
    package let ending: String? = ".md"

    package func render(_ report: Report, for page: Page) -> String { report.markdown() }
}
