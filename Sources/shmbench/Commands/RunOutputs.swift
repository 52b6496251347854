internal import ShmCoordinator
internal import ShmRecord
internal import ShmRender

/// The files that `run` writes: the results, history, distributions and trace.
struct RunOutputs {
    private let results: [ResultsFile]
    private let documents: DocumentOutput
    private let history: HistoryFile?
    private let hgrm: HgrmFolder?
    private let trace: TraceFile?
    /// The files with the rows.
    private let paths: String

    /// Opens all of them. Drops what older runs wrote only if none was refused.
    init(_ options: RunOptions, _ cells: [Cell], startedAt: Int) throws {
        hgrm = try options.hgrm.map { try HgrmFolder($0, options.findCapacity ? [] : cells) }
        let formats = options.document.output.map { (path: $0, format: OutputFormat(file: $0)) }
        var opened: [() -> Void] = []
        do {
            let trace = try options.trace.map { try TraceFile($0) }
            opened.append { trace?.discard() }
            history = try options.history.open()
            var results: [ResultsFile] = []
            for path in formats.filter({ $0.format == .csv }).map(\.path) {
                let file = try ResultsFile(path)
                opened.append { file.discard() }
                results.append(file)
            }
            let documents = try DocumentOutput(
                .run, options.document.format, files: formats.filter { $0.format != .csv }.map(\.path),
                hasPlots: options.plots.plot)
            opened.append { documents.discard() }
            // The rows are never lost: other formats than these two have only medians.
            if !formats.contains(where: { $0.format == .csv || $0.format == .json }) {
                results.append(try ResultsFile.standard(at: startedAt))
            }
            (self.results, self.documents, self.trace) = (results, documents, trace)
        } catch {
            for discard in opened { discard() }
            throw error
        }
        paths = (results.map(\.path) + formats.filter { $0.format == .json }.map(\.path)).joined(separator: ", ")
        try trace?.begin()
        try documents.begin()
        for file in results { try file.begin() }
    }

    /// The names of the files with the rows, for the report.
    var words: String { "rows in \(paths)\(history.map { ", history in \($0.path)" } ?? "")" }

    /// Appends a row to the results files.
    func append(_ row: Row) throws { for file in results { try file.append(row) } }

    /// Ends the results files, and appends to the history. Returns the failures.
    func keep(_ rows: [Row]) -> [Failure] {
        results.compactMap { file in Self.failure { try file.finish() } }
            + [Self.failure { try append(rows) }].compactMap(\.self)
    }

    /// Shows the report, and writes it to the other files of `--output`. Returns the failures.
    func show(_ report: Report) -> [Failure] { documents.write(report) }

    /// Writes distributions and the trace. Returns the failures.
    func writeExtras(_ rows: [Row]) -> [Failure] {
        let failure = Self.failure {
            try hgrm?.write(rows)
            try trace?.write(rows)
        }
        return [failure].compactMap(\.self)
    }

    private func append(_ rows: [Row]) throws {
        do {
            let records = Report.Records(rows)
            try history?.append(columns: records.names, values: records.rows)
        } catch let failure as Failure { throw Failure("\(failure.message); the rows are in \(paths)") }
    }

    private static func failure(_ body: () throws -> Void) -> Failure? {
        do {
            try body()
            return nil
        } catch { return error as? Failure ?? Failure("\(error)") }
    }
}
