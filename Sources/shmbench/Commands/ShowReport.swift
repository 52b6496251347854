internal import ArgumentParser
internal import Glibc
internal import ShmCompare
internal import ShmRecord
internal import ShmRender

/// `shmbench report`.
struct ShowReport: CheckedCommand {
    static let configuration = CommandConfiguration(
        commandName: "report",
        abstract: "Show results files again: an overview, and the tables and the verdict of `run`.",
        discussion: """
            Takes CSV files that `run` or `check --update` wrote, also those of older versions, which have fewer columns. \
            Rounds of several files are put together; those of two machines are not. The overview has a line for each lock: \
            throughput with each number of workers, p99 and Jain's index with the most. Csv and json have a row a cell.

            Exit codes: 0 every lock kept its promise, 1 rounds are missing or --strict found something, 3 integrity failure, \
            64 usage, or a file is no results file.
            """)

    @Argument(help: ArgumentHelp("Results files (.csv); `-` is the standard input.", valueName: "file"))
    var files: [String]

    @Option(help: "What to print on stdout.")
    var format = OutputFormat.table

    @Option(help: "By what the tables and the overview are sorted.")
    var sort = SortKey.throughput

    @Flag(
        help: ArgumentHelp(
            "Expect what this version's `run` writes to a file of its own: all columns, figures in each row, no heap bytes, and a control that was caught."
        ))
    var strict = false

    @OptionGroup var plugin: PluginOption

    func check() throws {
        for (index, file) in files.enumerated() {
            if file.hasSuffix(".json") {
                throw Failure("\(file): reports are of CSV files; write one with `run --output NAME.csv`", code: .usage)
            }
            if let twice = files[..<index].first(where: { $0 == file || SameFile.isSame($0, file) }) {
                throw Failure("\(twice) and \(file) are one file: name each file once", code: .usage)
            }
        }
        if files.contains(ResultsReader.standardInput) && isatty(STDIN_FILENO) == 1 {
            throw Failure("the standard input is a terminal: name a file, or redirect one", code: .usage)
        }
    }

    mutating func run() throws {
        try plugin.load()
        let rounds: [RecordedRounds]
        do { rounds = try ResultsReader.read(files) } catch let failure as Failure {
            // An empty document must not pass for a good one.
            if format != .table {
                try Terminal.show(
                    Report.failure(failure, of: "report", nothingWas: "reported", names: FilesReport.columns), format)
            }
            throw failure
        }
        let report = FilesReport(rounds, sort: sort)
        try Terminal.show(report.report, format)
        for warning in report.warnings { Terminal.write(Terminal.told("warning: \(warning)") + "\n") }
        let findings = report.gaps + (strict ? rounds.flatMap(StrictReading.findings) : [])
        for finding in findings.prefix(Self.mostFindings) { Terminal.complain(finding) }
        if findings.count > Self.mostFindings {
            Terminal.complain("\(findings.count - Self.mostFindings) more findings like these")
        }
        if !report.isAsPromised { throw ExitCode(ExitStatus.integrity.rawValue) }
        if !findings.isEmpty { throw ExitCode(ExitStatus.failed.rawValue) }
    }

    /// More are counted only.
    private static let mostFindings = 20
}
