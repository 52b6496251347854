internal import ShmCompare
internal import ShmRecord
internal import ShmRender
internal import SystemPackage

/// Writes what a comparison found to where it is wanted.
struct FindingsOutput {
    private let format: FindingsFormat
    private let files: [(path: String, format: FindingsFormat, file: OutputFile)]

    /// Opens the files: a path that cannot be written is found before anything is measured.
    ///
    /// - Parameter inputs: files that are compared, and are not to be written over.
    init(_ options: JudgingOptions, inputs: [String] = []) throws {
        for path in options.output where inputs.contains(where: { SameFile.isSame(path, $0) }) {
            throw Failure("--output \(path) is what is compared: name another file", code: .usage)
        }
        format = options.format
        var files: [(path: String, format: FindingsFormat, file: OutputFile)] = []
        do {
            for path in options.output {
                let format = try FindingsFormat(file: path)
                files.append((path, format, try OutputFile(path, .findings(format), option: "--output")))
            }
            for (_, _, file) in files { try file.begin() }
        } catch {
            for (_, _, file) in files { file.discard() }
            throw error
        }
        self.files = files
    }

    /// Writes all of them. What cannot be written keeps nobody from the rest, and decides how the program ends only where
    /// nothing worse was found.
    func write(_ findings: Findings) throws {
        var troubles: [Failure] = []
        let text = Self.text(findings, format)
        do { try Terminal.show(format == .table ? Colour.paint(text) : text) } catch let failure as Failure {
            troubles.append(failure)
        }
        for (path, format, file) in files {
            do throws(Errno) {
                try file.write(Self.text(findings, format))
                try file.close()
            } catch {
                troubles.append(Failure("cannot write the findings to \(path): \(error)"))
            }
        }
        let isWorse = findings.status != .ok
        for trouble in isWorse ? troubles[...] : troubles.dropFirst() { Terminal.complain(trouble.message) }
        if let first = troubles.first, !isWorse { throw first }
    }

    /// Does what there are to be findings of. Where that fails, the files say so: nobody is to take what lay there before, or
    /// nothing at all, for good news.
    func told<Result>(_ body: () throws -> Result) throws -> Result {
        do { return try body() } catch let failure as Failure {
            for (_, format, file) in files {
                try? file.write(Self.text(failure, format))
                try? file.close()
            }
            if format == .github { try? Terminal.show(Self.text(failure, format)) }
            throw failure
        }
    }

    private static func text(_ failure: Failure, _ format: FindingsFormat) -> String {
        let nothing = Findings(base: "", candidate: "", cells: [], falseAlarms: 0, startedAt: 0, seed: nil)
        return switch format {
        case .table: failure.message + "\n"
        case .markdown: "### ⚠️ shmbench: nothing was compared\n\n\(failure.message)\n"
        case .junit: JUnit.document(failure)
        case .github: GitHubAnnotations.text(failure)
        case .json: FindingsTable(findings: nothing).json
        case .csv: FindingsTable(findings: nothing).csv
        }
    }

    private static func text(_ findings: Findings, _ format: FindingsFormat) -> String {
        switch format {
        case .table: FindingsTable(findings: findings, page: Terminal.page).text
        case .markdown: FindingsTable(findings: findings).markdown
        case .junit: JUnit.document(findings)
        case .github: GitHubAnnotations.text(findings)
        case .json: FindingsTable(findings: findings).json
        case .csv: FindingsTable(findings: findings).csv
        }
    }
}
