internal import ArgumentParser
internal import ShmCompare
internal import ShmHistory
internal import ShmRecord
internal import ShmRender

/// `shmbench history`.
struct ShowHistory: CheckedCommand {
    static let configuration = CommandConfiguration(
        commandName: "history",
        abstract: "Show the runs of a history, and a figure over time with the points at which it changed.",
        discussion: """
            `shmbench run --history FILE` appends to a history. Without options its runs are listed. With --metric, or with \
            a choice of cells, the median of each run is shown run by run, and ◆ marks where its level changed: a change \
            that is too clear for chance (p < 0.01) and not too small to matter (2%). Figures are compared on one machine \
            and under one load only.
            """)

    @Argument(help: ArgumentHelp("The SQLite file.", valueName: "file"))
    var file: String

    @Option(
        help: ArgumentHelp(
            "Figures: columns of the results, or \(HistoryMetric.names.joined(separator: ", ")). (default: throughput, where cells are chosen)",
            valueName: "a,b"))
    var metric: CommaList?

    @Option(help: ArgumentHelp("Only these locks.", valueName: "a,b"))
    var lock: CommaList?

    @Option(parsing: .unconditional, help: ArgumentHelp("Only these numbers of workers.", valueName: "n,m"))
    var workers: CommaList?

    @Option(help: ArgumentHelp("Only these scenarios.", valueName: "a,b"))
    var scenario: CommaList?

    @Flag(
        help:
            "Compare runs of machines whose CPUs are alike, whatever their names: for runners that get a new one each time."
    )
    var anyHost = false

    @Option(
        parsing: .unconditional,
        help: ArgumentHelp("How many cells to show at most, those with changes first.", valueName: "n"))
    var limit = 8

    @Option(help: "What to print on stdout.")
    var format = OutputFormat.table

    @Option(
        help: ArgumentHelp(
            "Write a CSV for Apache Otava, a line a run, and print the otava.yaml that reads it.", valueName: "file.csv"
        ))
    var export: String?

    func check() throws {
        if let export, !export.hasSuffix(".csv") {
            throw Failure("--export \(export): the ending must be .csv", code: .usage)
        }
        if export != nil && format != .table {
            throw Failure("--export prints an otava.yaml: leave out --format", code: .usage)
        }
        if let export, SameFile.isSame(export, file) {
            throw Failure("--export \(export) is the history itself: name another file", code: .usage)
        }
        if limit < 1 { throw Failure("--limit \(limit) makes no sense: 1 or more", code: .usage) }
        if metric?.items.isEmpty == true { throw Failure("--metric names none: throughput, for one", code: .usage) }
        for (name, list) in [("--lock", lock), ("--workers", workers), ("--scenario", scenario)]
        where list?.items.isEmpty == true {
            throw Failure("\(name) names none, and nothing would be shown: leave it out for all", code: .usage)
        }
    }

    mutating func run() throws {
        let history: History
        let runs: [HistoryRun]
        let known: [String]
        do {
            history = try History(path: file, .results, creating: false)
            runs = try history.runs()
            known = try history.columns()
        } catch { throw Failure(error.description) }
        let isList = metric == nil && lock == nil && workers == nil && scenario == nil && export == nil
        if isList {
            return try Terminal.show(Report(runs: runs, of: file, broken: BrokenRounds.count(history)), format)
        }
        let filter = try filter(history)
        let usual = export == nil ? ["throughput"] : ["throughput", "p50", "p99"]
        let columns = (ResultColumn.all.map(\.name) + known).uniqued()
        let metrics = try (metric?.items ?? usual).map { try HistoryMetric($0, known: columns) }.uniqued()
        let series = try metrics.flatMap { try HistorySeries.all(history, runs, $0, filter, anyHost: anyHost) }
        if series.isEmpty {
            throw Failure(
                "no round in \(file) has \(metrics.map(\.column).joined(separator: " or ")) for what was chosen; `shmbench history \(file)` lists the runs"
            )
        }
        if let export { return try write(OtavaExport(series, runs: runs), export) }
        try Terminal.show(Report(series, limit: limit), format)
    }

    private func write(_ export: OtavaExport, _ path: String) throws {
        try export.write(path)
        try Terminal.show(export.yaml(file: path))
    }

    /// What was chosen; what the history does not have is refused.
    private func filter(_ history: History) throws -> HistorySeries.Filter {
        var filter: HistorySeries.Filter = [:]
        func choose(_ column: String, _ chosen: CommaList?, _ value: (String) -> HistoryValue?) throws {
            guard let chosen else { return }
            let there: [HistoryValue]
            do { there = try history.rounds([column]).compactMap(\.first).uniqued() } catch {
                throw Failure(error.description)
            }
            let names = there.map { $0.text ?? $0.integer.map { "\($0)" } ?? "" }
            for item in chosen.items where !there.contains(value(item) ?? .null) {
                let nearest = Int(item) == nil ? LockSelection.nearest(to: item, among: names) : nil
                let hint = nearest.map { "; did you mean `\($0)`?" }
                throw Failure(
                    "no round in \(file) has the \(column) \(item.debugDescription)\(hint ?? "; there are \(names.joined(separator: ", "))")"
                )
            }
            filter[column] = chosen.items.compactMap(value)
        }
        try choose("lock", lock) { .text($0) }
        try choose("workers", workers) { Int64($0).map { .integer($0) } }
        try choose("scenario", scenario) { .text($0) }
        return filter
    }
}
