internal import ShmRender

/// The documents that commands write to the files of `--output`. A file of one kind is not overwritten with another.
enum DocumentKind: String, CaseIterable {
    case run, crash, stress, lifecycle, findings, report, history, list, doctor, segments

    /// The content of a file, in messages.
    var name: String {
        switch self {
        case .run: "results"
        case .crash: "results of crash"
        case .stress: "results of stress"
        case .lifecycle: "results of lifecycle"
        case .findings: "findings"
        case .report: "summaries"
        case .history: "history tables"
        case .list: "catalogues of locks"
        case .doctor: "findings of doctor"
        case .segments: "lists of segments"
        }
    }

    /// Columns that together only this kind has, in files of every version.
    private var columns: [String] {
        switch self {
        case .run: ["schema", "run_id", "lock"]
        case .crash: ["schema", "lock", "every", "owner_deaths"]
        case .stress: ["schema", "lock", "fault", "promised"]
        case .lifecycle: ["operation", "attachments", "samples"]
        case .findings: ["schema", "started_at", "base", "candidate"]
        case .report: ["schema", "lock", "rounds", "throughput_low"]
        case .history: ["run_id", "command", "rounds"]
        case .list: ["name", "family", "owner_death"]
        case .doctor: ["weight", "subject", "advice"]
        case .segments: ["what", "name", "creator_pid"]
        }
    }

    /// The first line of a Markdown file, by which it is recognised: a comment, since titles vary. Findings have a title of
    /// their own.
    var markdownMark: String { self == .findings ? "" : "<!-- shmbench: \(name) -->\n" }

    /// Whether a file with this beginning is of this kind.
    func isBegun(by text: String, _ format: OutputFormat) -> Bool {
        switch format {
        case .csv:
            // Only the header: the rows may be damaged, or of another schema.
            let names = Self.firstLine(text).split(separator: ",").map(String.init)
            return columns.allSatisfy(names.contains)
        case .json: return isJSON(text)
        case .markdown:
            if self != .findings { return text.hasPrefix(markdownMark) }
            return text.hasPrefix("### ") && Self.firstLine(text).contains(" shmbench: ")
        case .junit: return text.contains("<testsuites name=\"shmbench\">")
        default: return false
        }
    }

    /// Checks the keys of the first row; a document without rows may be of any kind.
    private func isJSON(_ text: String) -> Bool {
        guard text.hasPrefix("{\"schema\":"), let rows = text.firstRange(of: "\"rows\":[\n") else { return false }
        let row = text[rows.upperBound...]
        return row.hasPrefix("\n]") || columns.allSatisfy { row.contains("\"\($0)\":") }
    }

    private static func firstLine(_ text: String) -> Substring {
        // CR and LF together are one character.
        text.prefix { !$0.isNewline }
    }
}
