internal import Glibc
internal import ShmCoordinator
internal import ShmRender

/// The kinds of files that this program writes. Each is recognised by its beginning; a file with another beginning is not
/// overwritten.
enum OwnFile {
    case results(OutputFormat)
    case findings(OutputFormat)
    case distribution, trace, lastEvents, otava

    /// Its name in messages.
    var name: String {
        switch self {
        case .results: "results"
        case .findings: "findings"
        case .distribution: "distribution"
        case .trace: "trace"
        case .lastEvents: "last events"
        case .otava: "export"
        }
    }

    /// The number of bytes to check.
    private static let beginning = 4096

    /// Whether a file with this beginning is of this kind.
    private func isBegun(by text: String) -> Bool {
        switch self {
        case .results(.json): Self.isJSON(text, column: "run_id")
        case .results: Self.isResultsCSV(text)
        case .findings(.json): Self.isJSON(text, column: "started_at")
        case .findings(.csv): text.hasPrefix("schema,started_at,base,candidate,")
        case .findings(.markdown): text.hasPrefix("### ") && Self.firstLine(text).contains(" shmbench: ")
        case .findings(.junit): text.contains("<testsuites name=\"shmbench\">")
        case .findings: false
        case .distribution: text.drop { $0 == " " }.hasPrefix("Value     Percentile")
        case .trace: text.hasPrefix("{\"displayTimeUnit\":\"ns\",\"traceEvents\":[")
        case .lastEvents:
            text.contains("\n\n") && Fault.allCases.contains { Self.firstLine(text).contains(", \($0.name): ") }
        case .otava: text.hasPrefix("time,commit,run_id,")
        }
    }

    /// Whether a file is of this kind, or empty; `nil` if it cannot be read.
    func isBegun(in descriptor: Int32) -> Bool? {
        var bytes = [UInt8](repeating: 0, count: Self.beginning)
        let count = unsafe pread(descriptor, &bytes, bytes.count, 0)
        if count < 0 { return nil }
        return count == 0 || isBegun(by: String(decoding: bytes[..<count], as: UTF8.self))
    }

    /// Checks only the header: the rows may be damaged, or of another schema.
    private static func isResultsCSV(_ text: String) -> Bool {
        let columns = firstLine(text).split(separator: ",")
        return ["schema", "run_id", "lock"].allSatisfy { columns.contains($0) }
    }

    /// Checks the second column of the first row; a document without rows may be of any kind.
    private static func isJSON(_ text: String, column: String) -> Bool {
        guard text.hasPrefix("{\"schema\":"), let rows = text.firstRange(of: "\"rows\":[\n") else { return false }
        let row = text[rows.upperBound...]
        return row.hasPrefix("\n]") || (row.hasPrefix("{\"schema\":") && row.prefix(80).contains("\"\(column)\":"))
    }

    private static func firstLine(_ text: String) -> Substring {
        // CR and LF together are one character.
        text.prefix { !$0.isNewline }
    }
}
