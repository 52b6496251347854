internal import ShmCoordinator
internal import ShmRecord
internal import ShmRender

/// The files that `run` writes: the results, history, distributions and trace.
struct RunOutputs {
    let file: ResultsFile
    private let history: HistoryFile?
    private let hgrm: HgrmFolder?
    private let trace: TraceFile?

    /// Opens all of them. Drops what older runs wrote only if none was refused.
    init(_ options: RunOptions, _ cells: [Cell], startedAt: Int) throws {
        hgrm = try options.hgrm.map { try HgrmFolder($0, options.findCapacity ? [] : cells) }
        let trace = try options.trace.map { try TraceFile($0) }
        self.trace = trace
        do {
            history = try options.history.open()
            file = try options.output.map { try ResultsFile($0) } ?? ResultsFile.standard(at: startedAt)
        } catch {
            trace?.discard()
            throw error
        }
        try trace?.begin()
        try file.begin()
    }

    /// The names of the files with the rows, for the report.
    var words: String { "rows in \(file.path)\(history.map { ", history in \($0.path)" } ?? "")" }

    /// Ends the results file, and appends to the history. Returns the failures.
    func keep(_ rows: [Row], _ report: Report) -> [Failure] {
        [Self.failure { try file.finish(report) }, Self.failure { try append(rows) }].compactMap(\.self)
    }

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
        } catch let failure as Failure { throw Failure("\(failure.message); the rows are in \(file.path)") }
    }

    private static func failure(_ body: () throws -> Void) -> Failure? {
        do {
            try body()
            return nil
        } catch { return error as? Failure ?? Failure("\(error)") }
    }
}
