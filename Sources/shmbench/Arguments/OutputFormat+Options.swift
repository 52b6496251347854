internal import ShmRecord
internal import ShmRender

extension OutputFormat {
    /// What help says of `--format`.
    static let help = "Format of the document on stdout: \(Notation<OutputFormat>.format.expected)."

    /// Endings of the files that findings are written to.
    static var findingsEndings: [String] { Renderers.all.compactMap(\.ending) }

    /// Of a file that findings are written to, by its ending.
    init(findings file: String) throws {
        guard let format = OutputFormat(file: file) else {
            throw Failure.invalid(
                file, for: "--output", expected: Notation<String>.file(Self.findingsEndings).expected)
        }
        self = format
    }
}
