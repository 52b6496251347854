internal import ShmRender

/// The documents that commands write to the files of `--output`. A file of one kind is not overwritten with another.
enum DocumentKind: String, CaseIterable {
    case run, crash, stress, lifecycle, findings, report, history, list, names, doctor, segments, schema

    /// The content of a file, in messages.
    var name: String {
        switch self {
        case .run: "results"
        case .crash: "results of a crash test"
        case .stress: "results of a stress test"
        case .lifecycle: "times of segments"
        case .findings: "findings of a comparison"
        case .report: "report on results"
        case .history: "report on a history"
        case .list: "catalogue of locks"
        case .names: "names of locks"
        case .doctor: "findings on the machine"
        case .segments: "list of segments"
        case .schema: "description of documents"
        }
    }

    /// Columns that this kind has, in files of every version, and that no other kind has together without ``foreign``.
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
        case .names: ["schema", "name"]
        case .doctor: ["weight", "subject", "advice"]
        case .segments: ["what", "name", "creator_pid"]
        case .schema: ["schema", "document", "meaning"]
        }
    }

    /// Columns that files of other kinds have beside ``columns``.
    private var foreign: [String] {
        switch self {
        case .run: ["metric"]
        case .names: ["family", "what"]
        default: []
        }
    }

    private func isOwn(_ hasColumn: (String) -> Bool) -> Bool {
        columns.allSatisfy(hasColumn) && !foreign.contains(where: hasColumn)
    }

    /// The first line of a Markdown file, by which it is recognised: a comment, since titles vary. Findings have a title of
    /// their own.
    private var markdownMark: String { self == .findings ? "" : "<!-- shmbench: \(mark) -->\n" }

    /// What precedes a document in a file, by which the file is recognised later.
    func mark(of format: OutputFormat) -> String {
        switch format {
        case .markdown: markdownMark
        case .html: "<!-- shmbench: \(mark) -->\n"
        default: ""
        }
    }

    /// The words of the comment, which files of older versions have as well.
    private var mark: String {
        switch self {
        case .crash, .stress, .lifecycle: "results of \(rawValue)"
        case .report: "summaries"
        case .history: "history tables"
        case .list: "catalogues of locks"
        case .doctor: "findings of doctor"
        case .segments: "lists of segments"
        case .schema: "descriptions of documents"
        case .run, .findings, .names: name
        }
    }

    /// Whether a file with this beginning is of this kind.
    func isBegun(by text: String, _ format: OutputFormat) -> Bool {
        switch format {
        case .csv:
            // Only the header: the rows may be damaged, or of another schema.
            let names = Self.firstLine(text).split(separator: ",").map(String.init)
            return isOwn(names.contains)
        case .json: return isJSON(text)
        case .markdown:
            if self != .findings { return text.hasPrefix(markdownMark) }
            return text.hasPrefix("### ") && Self.firstLine(text).contains(" shmbench: ")
        case .html: return text.hasPrefix(mark(of: format))
        case .junit: return text.contains("<testsuites name=\"shmbench\">")
        default: return false
        }
    }

    /// Checks the keys of the first row; a document without rows may be of any kind.
    private func isJSON(_ text: String) -> Bool {
        if self == .schema && text.hasPrefix("{\n") && text.contains("\"$schema\":") { return true }
        guard text.hasPrefix("{\"schema\":"), let rows = text.firstRange(of: "\"rows\":[\n") else { return false }
        let rest = text[rows.upperBound...]
        // A row per line. Other members, as the summary of a run, may have the columns of other kinds.
        let row = rest.prefix { $0 != "\n" }
        return rest.hasPrefix("\n]") || isOwn { row.contains("\"\($0)\":") }
    }

    private static func firstLine(_ text: String) -> Substring {
        // CR and LF together are one character.
        text.prefix { !$0.isNewline }
    }
}
