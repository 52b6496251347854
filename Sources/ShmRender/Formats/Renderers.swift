/// All formats, in the order of the help.
package enum Renderers {
    package static let all: [any Renderer] = [
        TableRenderer(), MarkdownRenderer(), CSVRenderer(), JSONRenderer(), JUnitRenderer(), GitHubRenderer(),
        HTMLRenderer(),
    ]
}
