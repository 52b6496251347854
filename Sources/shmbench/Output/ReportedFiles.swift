internal import ShmRecord
internal import ShmRender

/// The results files that `report` shows: all of one command.
struct ReportedFiles {
    /// The names and contents.
    let texts: [(path: String, text: String)]
    /// The command that wrote them. Files that no command wrote are read as those of `run`, whose reader says what they lack.
    let kind: DocumentKind

    private static let kinds: [DocumentKind] = [.crash, .stress, .lifecycle]

    init(_ paths: [String]) throws {
        texts = try paths.map { path in
            (path == ResultsReader.standardInput ? "<stdin>" : path, try ResultsReader.text(path))
        }
        let kinds = texts.map { _, text in Self.kinds.first { $0.isBegun(by: text, .csv) } ?? .run }
        kind = kinds.first ?? .run
        if let other = kinds.firstIndex(where: { $0 != kind }) {
            throw Failure(
                "\(texts[0].path) has \(kind.name), and \(texts[other].path) has \(kinds[other].name): expected files of one command; report them one after the other",
                code: .usage)
        }
    }
}
