/// GitHub's workflow commands: an annotation per notice. Source: GitHub's documentation, "Workflow commands for GitHub
/// Actions".
package struct GitHubRenderer: Renderer {
    package let name = "github"
    package let ending: String? = nil

    package func render(_ report: Report, for page: Page) -> String {
        report.notices.map { Self.line($0.level.rawValue, $0.title, $0.text) }.joined()
    }

    private static func line(_ level: String, _ title: String, _ message: String) -> String {
        "::\(level) title=\(escaped(title, isProperty: true))::\(escaped(message, isProperty: false))\n"
    }

    private static func escaped(_ text: String, isProperty: Bool) -> String {
        var result = ""
        // By scalars: CR and LF together are one character.
        for scalar in text.unicodeScalars {
            switch scalar {
            case "%": result += "%25"
            case "\r": result += "%0D"
            case "\n": result += "%0A"
            case ":" where isProperty: result += "%3A"
            case "," where isProperty: result += "%2C"
            default: result.unicodeScalars.append(scalar)
            }
        }
        return result
    }
}
