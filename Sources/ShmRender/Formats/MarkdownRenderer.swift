/// Markdown for a job's summary, a comment on a pull request, or a document.
package struct MarkdownRenderer: Renderer {
    package let name = "markdown"
    package let ending: String? = ".md"

    package func render(_ report: Report, for page: Page) -> String { report.markdown() }
}
