internal import ShmCompare
internal import ShmRecord
internal import ShmRender
internal import SystemPackage

/// Writes the findings of a comparison to stdout and to the files of `--output`.
struct FindingsOutput {
    private let format: OutputFormat
    private let files: [(path: String, format: OutputFormat, file: OutputFile)]

    /// Opens the files, so that a path that cannot be written is found before anything is measured.
    ///
    /// - Parameter inputs: files that are compared, and must not be overwritten.
    init(_ options: JudgingOptions, inputs: [String] = []) throws {
        for path in options.output where inputs.contains(where: { SameFile.isSame(path, $0) }) {
            throw Failure.invalid(path, for: "--output", expected: "a file other than those that are compared")
        }
        format = options.format
        var files: [(path: String, format: OutputFormat, file: OutputFile)] = []
        do {
            for path in options.output {
                let format = try OutputFormat(findings: path)
                files.append((path, format, try OutputFile(path, .findings(format), option: "--output")))
            }
            for (_, _, file) in files { try file.begin() }
        } catch {
            for (_, _, file) in files { file.discard() }
            throw error
        }
        self.files = files
    }

    /// Writes all of them. A file that cannot be written does not stop the others, and sets the exit code only if the
    /// findings do not.
    func write(_ findings: Findings) throws {
        var troubles: [Failure] = []
        let report = Report(findings)
        do { try Terminal.show(report, format) } catch let failure as Failure {
            troubles.append(failure)
        }
        for (path, format, file) in files {
            do throws(Errno) {
                try file.write(format.renderer.render(report, for: Terminal.page))
                try file.close()
            } catch {
                troubles.append(Failure("cannot write the findings to \(path): \(error)"))
            }
        }
        let isWorse = findings.status != .ok
        for trouble in isWorse ? troubles[...] : troubles.dropFirst() { Terminal.complain(trouble.message) }
        if let first = troubles.first, !isWorse { throw first }
    }

    /// Runs the comparison. If it fails, the files say so: older findings, or an empty file, would be taken for success.
    func reporting<Result>(_ body: () throws -> Result) throws -> Result {
        do { return try body() } catch let failure as Failure {
            let report = Report.nothingCompared(failure)
            for (_, format, file) in files {
                try? file.write(format.renderer.render(report, for: Terminal.page))
                try? file.close()
            }
            if format != .table { try? Terminal.show(report, format) }
            throw failure
        }
    }
}
