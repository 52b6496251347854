internal import Glibc
internal import ShmCoordinator
internal import ShmRender

/// The kinds of files that this program writes. Each is recognised by its beginning; a file with another beginning is not
/// overwritten.
enum OwnFile {
    case document(DocumentKind, OutputFormat)
    case distribution, trace, lastEvents, otava

    /// Its name in messages.
    var name: String {
        switch self {
        case .document(let kind, _): kind.name
        case .distribution: "distribution"
        case .trace: "trace"
        case .lastEvents: "last events"
        case .otava: "export"
        }
    }

    /// The number of bytes to check.
    private static let beginning = 16384

    /// Whether a file with this beginning is of this kind.
    private func isBegun(by text: String) -> Bool {
        switch self {
        case .document(let kind, let format): kind.isBegun(by: text, format)
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

    private static func firstLine(_ text: String) -> Substring {
        // CR and LF together are one character.
        text.prefix { !$0.isNewline }
    }
}
