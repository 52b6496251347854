internal import SystemPackage

/// Writes what a comparison found to where it is wanted.
struct FindingsOutput {
    private let format: FindingsFormat
    private let files: [(path: String, format: FindingsFormat, file: FileDescriptor)]

    /// Opens the files: a path that cannot be written is found before anything is measured.
    init(_ options: JudgingOptions) throws {
        format = options.format
        files = try options.output.map { path in
            do {
                return (
                    path, try FindingsFormat(file: path),
                    try FileDescriptor.open(
                        FilePath(path), .writeOnly, options: [.create, .truncate, .closeOnExec],
                        permissions: [.ownerReadWrite, .groupRead, .otherRead])
                )
            } catch let error as Errno {
                throw Failure("cannot write the findings to \(path): \(error); name another file with --output")
            }
        }
    }

    func write(_ findings: Findings) throws {
        for (path, format, file) in files {
            do { _ = try file.closeAfter { try file.writeAll(Self.text(findings, format).utf8) } } catch {
                throw Failure("cannot write the findings to \(path): \(error)")
            }
        }
        let text = Self.text(findings, format)
        try Terminal.show(format == .table ? Colour.paint(text) : text)
    }

    private static func text(_ findings: Findings, _ format: FindingsFormat) -> String {
        switch format {
        case .table: FindingsTable(findings: findings, width: Terminal.documentWidth).text
        case .markdown: FindingsTable(findings: findings).markdown
        case .junit: JUnit.document(findings)
        case .github: GitHubAnnotations.text(findings)
        case .json: FindingsTable(findings: findings).json
        case .csv: FindingsTable(findings: findings).csv
        }
    }
}
