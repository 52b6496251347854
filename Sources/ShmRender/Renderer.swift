/// A format in which every command writes what it tells. A new one is a file with a type, and its line in ``Renderers``.
package protocol Renderer: Sendable {
    /// The value of `--format`.
    var name: String { get }
    /// Ending of files in this format, with its dot; `nil` where it is for a terminal or a log alone.
    var ending: String? { get }
    func render(_ report: Report, for page: Page) -> String
}
