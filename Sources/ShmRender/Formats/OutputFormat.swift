/// The value of `--format`: one of ``Renderers``.
package struct OutputFormat: Sendable, Equatable {
    package let renderer: any Renderer

    package var name: String { renderer.name }

    package init?(named name: String) {
        guard let renderer = Renderers.all.first(where: { $0.name == name }) else { return nil }
        self.renderer = renderer
    }

    /// The format of a file, by its ending; `nil` if no format has it.
    package init?(file: String) {
        guard let renderer = Renderers.all.first(where: { $0.ending.map(file.hasSuffix) ?? false }) else { return nil }
        self.renderer = renderer
    }

    private init(_ renderer: any Renderer) { self.renderer = renderer }

    package static let table = OutputFormat(TableRenderer())
    package static let csv = OutputFormat(CSVRenderer())
    package static let json = OutputFormat(JSONRenderer())
    package static let markdown = OutputFormat(MarkdownRenderer())
    package static let junit = OutputFormat(JUnitRenderer())
    package static let github = OutputFormat(GitHubRenderer())
    package static let html = OutputFormat(HTMLRenderer())

    package static func == (left: OutputFormat, right: OutputFormat) -> Bool { left.name == right.name }
}
