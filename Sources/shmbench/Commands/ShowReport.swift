internal import ArgumentParser
internal import Glibc
internal import ShmCluster
internal import ShmCompare
internal import ShmCoordinator
internal import ShmRecord
internal import ShmRender

/// `shmbench report`.
struct ShowReport: CheckedCommand {
    static let configuration = CommandConfiguration(
        commandName: "report",
        abstract: "Show results files: an overview, and the document of the command that wrote them.",
        discussion: """
            Reads CSV files that `run` or `check --update` wrote. Files of older versions have fewer columns. Rounds of \
            several files are merged if they are of the same machine. The overview has one line for each lock, with the \
            throughput for each number of workers, and p99 and Jain's index for the largest. Loads that make a grid have \
            maps in place of overview and tables, as in `run`. The formats csv and json have one row for each cell.

            Rounds of several machines are compared: ratios to a reference on each, the best lock on each, and the lock that \
            is never far from the best. --by compares kernels, libcs, CPUs or versions on machines that are alike otherwise.

            Missing rounds are a failure, too.

            Also reads CSV files that `crash`, `stress` or `lifecycle` wrote, and shows the document of that command: several \
            files of one test, such as one for each lock. Of several machines it shows which promises were kept on all of \
            them. All files of a call are of one command.

            Also reads the folder of a fleet (`shmbench fleet`), and names what is missing of it.

            \(ExitStatus.help([.ok, .failed, .integrity, .usage]))

            \(Examples.text("report"))
            """)

    @Argument(help: ArgumentHelp("Results files (.csv). `-` is the standard input.", valueName: "file"))
    var files: [String]

    @OptionGroup var document: DocumentOptions

    @OptionGroup var plots: PlotOption

    @Option(
        "--sort", .sortKey, valueName: "key",
        "Sort key of the tables and the overview: \(Notation<SortKey>.sortKey.expected). (default: throughput)")
    var sort: SortKey?

    @Option(
        "--by", .machineAxis, valueName: "column",
        "Compare the values of a column on machines that are alike otherwise: \(Notation<MachineAxis>.machineAxis.expected). (default: none)"
    )
    var by: MachineAxis?

    @Option(
        help: ArgumentHelp(
            "Lock to which ratios on each machine are taken. (default: \(MachineComparison.usualReference))",
            valueName: "lock"))
    var reference: String?

    @Flag(
        help: ArgumentHelp(
            "Require what `run` of this version writes: all columns, figures in each row, no heap bytes, and an integrity failure of the control."
        ))
    var strict = false

    @OptionGroup var plugin: PluginOption

    func check() throws {
        try document.check(inputs: files)
        try plots.check(document)
        if let folder = files.first(where: FleetFolder.isFleet) {
            if files.count > 1 {
                throw Failure("\(folder) is the folder of a fleet: report it without other files", code: .usage)
            }
            if strict { throw Failure.conflict("--strict", folder, "leave out --strict, which is for results files") }
        }
        for (index, file) in files.enumerated() {
            if file.hasSuffix(".json") {
                throw Failure.invalid(file, for: "<file>", expected: "a CSV file, as of `run --output NAME.csv`")
            }
            if let twice = files[..<index].first(where: { $0 == file || SameFile.isSame($0, file) }) {
                throw Failure("\(twice) and \(file) are one file: name each file once", code: .usage)
            }
        }
        if files.contains(FileContent.standardInput) && isatty(STDIN_FILENO) == 1 {
            throw Failure.invalid(
                "-", for: "<file>", expected: "a file name, or a file as the standard input, which is a terminal")
        }
    }

    mutating func run() throws {
        try plugin.load()
        if files.contains(where: FleetFolder.isFleet) {
            let folder = try FleetFolder(files[0])
            let plan = try folder.plan()
            if plan.kind != .run { try refuseRoundOptions(files[0], has: "results of `\(plan.kind.rawValue)`") }
            return try FleetConclusion(folder, plan, nil).show(document, plots, view)
        }
        let line = ProgressLine.working("reading \(counted(files.count, "file"))")
        defer { line.clear() }
        let read = Result { try ReportedFiles(files) }
        let kind = (try? read.get().kind) ?? .run
        let documents = try document.open(kind == .run ? .report : kind, plots)
        // An empty document must not be taken for a good result.
        switch kind {
        case .crash:
            let machines = try recorded(read, documents, nothing: Report.nothingCrashed, RecordedCrashes.machines)
            try show(
                machines.count == 1 ? Report(machines[0].crashes) : Report(machines), in: documents,
                machines[0].crashes.files, line,
                isAsPromised: machines.allSatisfy { $0.crashes.results.allSatisfy(\.verdict.isAsPromised) })
        case .stress:
            let machines = try recorded(read, documents, nothing: Report.nothingStressed, RecordedStress.machines)
            try show(
                machines.count == 1 ? Report(machines[0].stress) : Report(machines), in: documents,
                machines[0].stress.files, line,
                isAsPromised: machines.allSatisfy { $0.stress.results.allSatisfy(\.isAsPromised) })
        case .lifecycle:
            let lives = try recorded(read, documents, nothing: Lifecycle.nothing, RecordedLives.init)
            try show(
                Lifecycle.report(lives.timings, of: lives.life, files: lives.files), in: documents, lives.files, line,
                isAsPromised: true)
        default:
            let rounds = try documents.reporting({ FilesReport.nothing($0) }) {
                let rounds = try ResultsReader.rounds(read.get().contents)
                try view.check(against: rounds)
                return rounds
            }
            try show(rounds, in: documents, line)
        }
    }

    /// The content of files of a command other than `run`.
    private func recorded<Content>(
        _ read: Result<ReportedFiles, any Error>, _ documents: DocumentOutput, nothing: (Failure) -> Report,
        _ content: ([(path: String, text: String)]) throws -> Content
    ) throws -> Content {
        try documents.reporting(nothing) {
            let files = try read.get()
            try refuseRoundOptions(files.contents[0].path, has: files.kind.name)
            return try content(files.texts)
        }
    }

    private var view: FilesReport.View { FilesReport.View(sort: sort, reference: reference, axis: by) }

    /// Refuses options that only rounds have.
    ///
    /// - Parameter what: what is there in place of rounds.
    private func refuseRoundOptions(_ path: String, has what: String) throws {
        let options = [
            ("--sort", sort != nil), ("--by", by != nil), ("--reference", reference != nil), ("--strict", strict),
        ]
        for (option, isGiven) in options where isGiven {
            throw Failure.conflict(
                option, path, "leave out \(option), which is for results of `run`: this has \(what)")
        }
    }

    /// Shows the report of a test of promises.
    private func show(
        _ report: Report, in documents: DocumentOutput, _ files: [RecordedRows], _ line: ProgressLine,
        isAsPromised: Bool
    ) throws {
        line.clear()
        try documents.show(report, isAsPromised ? .ok : .integrity)
        for file in files where !file.unknownColumns.isEmpty {
            let names = file.unknownColumns.map(\.debugDescription).joined(separator: ", ")
            Terminal.warn("\(file.path) has unknown columns, which are left out: \(names)")
        }
        if !isAsPromised { throw ExitCode(ExitStatus.integrity.rawValue) }
    }

    private func show(_ rounds: [RecordedRounds], in documents: DocumentOutput, _ line: ProgressLine) throws {
        let report = FilesReport(rounds, view)
        line.clear()
        try documents.show(report.report, report.isAsPromised ? .ok : .integrity)
        for warning in report.warnings { Terminal.warn(warning.text) }
        let findings = report.gaps + (strict ? rounds.flatMap(StrictCheck.findings) : [])
        for finding in findings.prefix(Self.mostFindings) { Terminal.complain(finding) }
        if findings.count > Self.mostFindings {
            Terminal.complain("\(findings.count - Self.mostFindings) more findings like these")
        }
        if !report.isAsPromised { throw ExitCode(ExitStatus.integrity.rawValue) }
        if !findings.isEmpty { throw ExitCode(ExitStatus.failed.rawValue) }
    }

    /// The maximum number of findings to print; the rest are counted.
    private static let mostFindings = 20
}
