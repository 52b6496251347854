/// A format of documents, which every command offers. A new format is a file with a type, and a line in ``Renderers``.
package protocol Renderer: Sendable {
    /// The value of `--format`.
    var name: String { get }
    /// The ending of files in this format, with its dot; `nil` if the format is only for terminals or logs.
    var ending: String? { get }
    /// Renders a report.
    func render(_ report: Report, for page: Page) -> String
}
