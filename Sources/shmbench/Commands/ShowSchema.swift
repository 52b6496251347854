internal import ArgumentParser
internal import ShmRecord
internal import ShmRender

/// `shmbench schema`.
struct ShowSchema: CheckedCommand {
    static let configuration = CommandConfiguration(
        commandName: "schema",
        abstract: "Describe the documents for programs: JSON Schemas, and the columns of CSV.",
        discussion: """
            Without an argument, `schema` lists the documents that commands print with --format csv or json. With the name \
            of a document, it prints the JSON Schema (draft 2020-12) of its JSON. With another --format, it prints the \
            document's columns, each with its type, unit and meaning.

            \(Examples.text("schema"))
            """)

    @Argument(
        help: ArgumentHelp(
            "Document: \(ProgramDocuments.all.map(\.name).joined(separator: ", ")), or check.", valueName: "document"))
    var document: String?

    @Option(
        "--format", .format, valueName: "format",
        "Format of the description: \(Notation<OutputFormat>.format.expected). (default: table for the list, json for a document)"
    )
    var format: OutputFormat?

    @Option("--output", DocumentOptions.file, valueName: "file", DocumentOptions.outputHelp)
    var output: [String] = []

    func check() throws { _ = try described() }

    mutating func run() throws {
        let described = try described()
        let report = described.map { Report(columnsOf: $0) } ?? Report(documents: ProgramDocuments.all)
        let usual = described == nil ? OutputFormat.table : .json
        try DocumentOutput(.schema, format ?? usual, files: output).show(report)
    }

    private func described() throws -> DocumentDescription? {
        guard let document else { return nil }
        if let found = ProgramDocuments.named(document) { return found }
        let known = ProgramDocuments.all.map(\.name) + ["check"]
        throw Failure.unknown(
            document, for: "<document>", expected: "one of \(known.joined(separator: ", "))", among: known)
    }
}
