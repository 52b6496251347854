internal import ArgumentParser
internal import ShmRecord
internal import ShmRender

/// `--format` and `--output`: the options of every command that has documents.
struct DocumentOptions: ParsableArguments {
    @Option(
        "--format", .format, valueName: "format",
        "Format of the document on stdout: \(Notation<OutputFormat>.format.expected).")
    var format = OutputFormat.table

    @Option("--output", DocumentOptions.file, valueName: "file", DocumentOptions.outputHelp)
    var output: [String] = []

    static let file = Notation<String>.file(Renderers.all.compactMap(\.ending))
    static let outputHelp =
        "File for the document, in the format of its ending: \(endings). It can be given several times."

    private static let endings = Renderers.all.compactMap { renderer in
        renderer.ending.map { "\($0) (\(renderer.name))" }
    }.joined(separator: ", ")

    /// Refuses a file that is also read.
    ///
    /// - Parameter inputs: files that the command reads.
    func check(inputs: [String] = []) throws {
        for path in output where inputs.contains(where: { SameFile.isSame(path, $0) }) {
            throw Failure.invalid(path, for: "--output", expected: "a file other than those that are read")
        }
    }

    /// Opens the files. Their content stays until ``DocumentOutput/begin()``.
    func open(_ kind: DocumentKind, _ plot: PlotOption? = nil) throws -> DocumentOutput {
        try DocumentOutput(kind, format, files: output, hasPlots: plot?.plot ?? false)
    }

    /// Shows the document of a command that measures nothing, and writes it to the files.
    func show(_ kind: DocumentKind, _ report: Report, _ status: ExitStatus = .ok, plot: PlotOption? = nil) throws {
        try open(kind, plot).show(report, status)
    }
}
