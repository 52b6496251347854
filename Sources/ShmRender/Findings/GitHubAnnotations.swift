package import ShmCompare
package import ShmRecord

/// What a comparison found as GitHub's workflow commands: an annotation for each thing that somebody must look at, and one
/// for the verdict. Source: GitHub's documentation, "Workflow commands for GitHub Actions".
package enum GitHubAnnotations {
    package static func text(_ findings: Findings) -> String {
        var lines: [String] = []
        for sentence in FindingsText.sentences(findings) {
            let level =
                switch sentence.word {
                case .broken, .slower, .unjudged: "error"
                case .inconclusive: "warning"
                case .faster, .same, .missing: "notice"
                }
            lines.append(line(level, sentence.title, sentence.text))
        }
        let level = findings.status == .ok ? (findings.isOpen ? "warning" : "notice") : "error"
        lines.append(line(level, "shmbench", FindingsText.verdict(findings)))
        return lines.joined()
    }

    /// That there are no findings, and why.
    package static func text(_ failure: Failure) -> String {
        line("error", "shmbench", "nothing was compared: \(failure.message)")
    }

    private static func line(_ level: String, _ title: String, _ message: String) -> String {
        "::\(level) title=\(escaped(title, isProperty: true))::\(escaped(message, isProperty: false))\n"
    }

    private static func escaped(_ text: String, isProperty: Bool) -> String {
        var result = ""
        // Not by characters: CR and LF together are one.
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
