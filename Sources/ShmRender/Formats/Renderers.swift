/// All formats.
package enum Renderers {
    package static let all: [any Renderer] = [
        TableRenderer(), MarkdownRenderer(), CSVRenderer(), JSONRenderer(), JUnitRenderer(), GitHubRenderer(),
    ]
}
