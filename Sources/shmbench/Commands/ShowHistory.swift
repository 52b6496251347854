internal import ArgumentParser
internal import ShmCompare
internal import ShmHistory
internal import ShmRecord
internal import ShmRender

/// `shmbench history`.
struct ShowHistory: CheckedCommand {
    static let configuration = CommandConfiguration(
        commandName: "history",
        abstract: "Show the runs of a history, and a figure over time with its change points.",
        discussion: """
            `shmbench run --history FILE` appends to a history. Without options, `history` lists its runs. With --metrics, \
            --locks, --workers or --scenario it shows the median of each run, and ◆ marks a change point: a change of the \
            level by at least 2% with p < 0.01. Runs are compared only with runs on the same machine and under the same \
            load.

            \(Examples.text("history"))
            """)

    @Argument(help: ArgumentHelp("SQLite file of the history.", valueName: "file"))
    var file: String

    @Option(
        "--metrics", .list(of: HistoryColumn.form), valueName: "a,b",
        "Figures to show: \(HistoryColumn.form), separated by commas. (default: throughput, if cells are chosen)")
    var metrics: CommaList?

    @Option(
        "--locks", .list(of: "names of locks in the history"), valueName: "a,b",
        "Show only these locks. (default: all)")
    var locks: CommaList?

    @Option(
        "--workers", .list(of: "numbers of workers in the history", areNumbers: true), valueName: "n,m",
        "Show only these numbers of workers. (default: all)")
    var workers: CommaList?

    @Option(
        "--scenario", .list(of: "names of scenarios in the history"), valueName: "a,b",
        "Show only these scenarios. (default: all)")
    var scenario: CommaList?

    @Flag(help: "Compare runs of different hosts with the same CPUs, as on CI runners with a new host name each time.")
    var anyHost = false

    @Option(
        "--limit", .atLeast(1), valueName: "n", "Maximum number of cells to show. Cells with a change point come first."
    )
    var limit = 8

    @OptionGroup var document: DocumentOptions

    @OptionGroup var plots: PlotOption

    @Option(
        "--export", .file([".csv"]), valueName: "file.csv",
        "CSV file to write for Apache Otava, with one line for each run. Prints the otava.yaml that reads it.")
    var export: String?

    func check() throws {
        if export != nil && document.format != .table {
            throw Failure.conflict(
                "--export", "--format", "leave out --format, since an otava.yaml is printed; --output names files")
        }
        if let export, document.output.contains(where: { SameFile.isSame($0, export) }) {
            throw Failure.invalid(export, for: "--export", expected: "a file other than those of --output")
        }
        try document.check(inputs: [file])
        try plots.check(document)
        if export != nil && plots.plot {
            throw Failure.conflict("--export", "--plot", "leave out --plot, since an otava.yaml is printed")
        }
        if let export, SameFile.isSame(export, file) {
            throw Failure.invalid(export, for: "--export", expected: "a file other than the history")
        }
    }

    mutating func run() throws {
        let line = ProgressLine.working("reading \(file)")
        defer { line.clear() }
        let history = try Self.reading { try History(path: file, .results, creating: false) }
        let runs = try Self.reading { try history.runs() }
        let known = try Self.reading { try history.columns() }
        let isList = metrics == nil && locks == nil && workers == nil && scenario == nil && export == nil
        if isList {
            let broken = try Self.reading { try BrokenRounds.count(history) }
            line.clear()
            return try document.show(.history, Report(runs: runs, of: file, broken: broken), plot: plots)
        }
        let filter = try filter(history)
        let usual = export == nil ? ["throughput"] : ["throughput", "p50", "p99"]
        let columns = (ResultColumn.all.map(\.name) + known).uniqued()
        let metrics = try (metrics?.items ?? usual).map { try HistoryColumn($0, known: columns) }.uniqued()
        let series = try Self.reading {
            try metrics.flatMap { try HistorySeries.all(history, runs, $0, filter, anyHost: anyHost) }
        }
        if series.isEmpty {
            throw Failure(
                "no round in \(file) has \(metrics.map(\.column).joined(separator: " or ")) in the chosen cells; `shmbench history \(file)` lists the runs"
            )
        }
        line.clear()
        if let export {
            // A file of --output that is refused is found before the export is written.
            let documents = try document.open(.history)
            try documents.begin { try write(OtavaExport(series, runs: runs), export) }
            if let failure = documents.save(Report(series, limit: limit)).first { throw failure }
            return
        }
        try document.show(.history, Report(series, limit: limit), plot: plots)
    }

    /// A file that is damaged or no history is a mistake of the command line, as with the files of other commands.
    private static func reading<Result>(_ body: () throws -> Result) throws -> Result {
        do { return try body() } catch { throw Failure((error as? Failure)?.message ?? "\(error)", code: .usage) }
    }

    private func write(_ export: OtavaExport, _ path: String) throws {
        try export.write(path)
        try Terminal.show(export.yaml(file: path))
    }

    /// The chosen cells. Refuses values that the history does not have.
    private func filter(_ history: History) throws -> HistorySeries.Filter {
        var filter: HistorySeries.Filter = [:]
        func choose(_ column: String, _ option: String, _ chosen: CommaList?, _ value: (String) -> HistoryValue?) throws
        {
            guard let chosen else { return }
            let there = try Self.reading { try history.rounds([column]).compactMap(\.first).uniqued() }
            let names = there.map { $0.text ?? $0.integer.map { "\($0)" } ?? "" }
            for item in chosen.items where !there.contains(value(item) ?? .null) {
                throw Failure.unknown(
                    item, for: option, expected: "one of those in \(file): \(names.joined(separator: ", "))",
                    among: Int(item) == nil ? names : [])
            }
            filter[column] = chosen.items.compactMap(value)
        }
        try choose("lock", "--locks", locks) { .text($0) }
        try choose("workers", "--workers", workers) { Int64($0).map { .integer($0) } }
        try choose("scenario", "--scenario", scenario) { .text($0) }
        return filter
    }
}
