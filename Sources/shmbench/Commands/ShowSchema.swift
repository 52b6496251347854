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

            Example: shmbench schema run >run.schema.json
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

    func check() throws { _ = try described() }

    mutating func run() throws {
        guard let described = try described() else {
            return try Terminal.show(Report(documents: ProgramDocuments.all), format ?? .table)
        }
        if let format, format != .json { return try Terminal.show(Report(columnsOf: described), format) }
        try Terminal.show(JSON.pretty(JSONSchema.document(described)) + "\n")
    }

    private func described() throws -> DocumentDescription? {
        guard let document else { return nil }
        if let found = ProgramDocuments.named(document) { return found }
        let known = ProgramDocuments.all.map(\.name) + ["check"]
        throw Failure.unknown(
            document, for: "<document>", expected: "one of \(known.joined(separator: ", "))", among: known)
    }
}
