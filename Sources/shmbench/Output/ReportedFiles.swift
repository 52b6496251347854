internal import ShmRecord
internal import ShmRender

/// The results files that `report` shows: all of one command.
struct ReportedFiles {
    let contents: [FileContent]
    /// The command that wrote them. Files that no command wrote are read as those of `run`, whose reader says what they lack.
    let kind: DocumentKind

    private static let kinds: [DocumentKind] = [.crash, .stress, .lifecycle]

    init(_ paths: [String]) throws {
        contents = try paths.map { try FileContent(reading: $0) }
        let kinds = try contents.map(Self.kind)
        kind = kinds.first ?? .run
        if let other = kinds.firstIndex(where: { $0 != kind }) {
            throw Failure(
                "\(contents[0].path) has \(kind.name), and \(contents[other].path) has \(kinds[other].name): expected files of one command; report them one after the other",
                code: .usage)
        }
    }

    /// The names and contents.
    var texts: [(path: String, text: String)] { contents.map { ($0.path, $0.text) } }

    private static func kind(_ file: FileContent) throws -> DocumentKind {
        let header = file.firstLine
        let found = DocumentKind.allCases.first { $0.isBegun(by: header, .csv) } ?? .run
        if found == .run || kinds.contains(found) { return found }
        throw Failure(
            "\(file.path) has the \(found.name), not measurements: expected a file that run, check --update, crash, stress or lifecycle wrote\(found == .findings ? Self.readable : "")",
            code: .usage)
    }

    private static let readable = "; compare and check write findings for people with --output NAME.md or NAME.html"
}
