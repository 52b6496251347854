internal import ShmRecord
internal import ShmRender
internal import SystemPackage

/// Writes a command's document to stdout and to the files of `--output`.
struct DocumentOutput {
    private let kind: DocumentKind
    private let format: OutputFormat
    /// Whether tables on stdout are followed by plots.
    private let hasPlots: Bool
    private let files: [(file: OutputFile, format: OutputFormat)]

    /// Opens the files, so that a path that cannot be written is found before anything is measured. Their content stays
    /// until ``begin()``.
    ///
    /// - Parameters:
    ///   - format: the format on stdout.
    ///   - hasPlots: whether tables on stdout are followed by plots.
    init(_ kind: DocumentKind, _ format: OutputFormat, files paths: [String], hasPlots: Bool = false) throws {
        self.kind = kind
        self.hasPlots = hasPlots
        self.format = format
        var files: [(file: OutputFile, format: OutputFormat)] = []
        do {
            for path in paths {
                guard let format = OutputFormat(file: path) else {
                    throw Failure.invalid(path, for: Self.option, expected: "a file name with another ending")
                }
                files.append((try OutputFile(path, .document(kind, format), option: Self.option), format))
            }
        } catch {
            for (file, _) in files { file.discard() }
            throw error
        }
        self.files = files
    }

    private static let option = "--output"

    /// Drops older documents, when the command is accepted and measures.
    func begin() throws { for (file, _) in files { try file.begin() } }

    /// Opens what else the command needs, then drops older documents. If one of these fails, the command is refused, and the
    /// files that this value has created are removed.
    func begin<Opened>(after open: () throws -> Opened) throws -> Opened {
        do {
            let opened = try open()
            try begin()
            return opened
        } catch {
            discard()
            throw error
        }
    }

    /// Removes the files that this value has created, if the command is refused before ``begin()``.
    func discard() { for (file, _) in files { file.discard() } }

    /// Shows the report, and writes it to the files. One that cannot be written does not stop the others.
    ///
    /// - Parameter status: the exit code that the report demands. A failure to write is thrown only if it is `ok`, and
    ///   is printed otherwise.
    func show(_ report: Report, _ status: ExitStatus = .ok) throws {
        let troubles = write(report)
        for trouble in status != .ok ? troubles[...] : troubles.dropFirst() { Terminal.complain(trouble.message) }
        if let first = troubles.first, status == .ok { throw first }
    }

    /// Shows the report, and writes it to the files. Returns the failures.
    func write(_ report: Report) -> [Failure] {
        let shown = failure { try Terminal.show(called(report), format, hasPlots: hasPlots) }
        return [shown].compactMap(\.self) + save(report)
    }

    /// The report with the command line, which HTML shows.
    private func called(_ report: Report) -> Report {
        var report = report
        report.command = ShellText.commandLine
        return report
    }

    /// Writes the report to the files. Returns the failures.
    func save(_ report: Report) -> [Failure] {
        files.compactMap { file, format in
            failure {
                try file.begin()
                do throws(Errno) {
                    try file.write(text(called(report), format))
                    try file.close()
                } catch { throw Failure("cannot write the \(kind.name) to \(file.path): \(error)") }
            }
        }
    }

    private func failure(_ body: () throws -> Void) -> Failure? {
        do {
            try body()
            return nil
        } catch { return error as? Failure ?? Failure("\(error)") }
    }

    /// Runs a body. If it fails, the documents say so: older ones, or an empty file, would be taken for success.
    func reporting<Result>(_ failed: (Failure) -> Report, _ body: () throws -> Result) throws -> Result {
        do { return try body() } catch let failure as Failure {
            let report = failed(failure)
            _ = save(report)
            if format != .table { try? Terminal.show(report, format) }
            throw failure
        }
    }

    private func text(_ report: Report, _ format: OutputFormat) -> String {
        kind.mark(of: format) + format.renderer.render(report, for: Terminal.page)
    }
}
