internal import ArgumentParser
internal import Glibc
internal import ShmCoordinator
internal import ShmCore
internal import ShmHarness
internal import SystemPackage

/// `shmbench run`.
struct Run: ParsableCommand {
    static let configuration = CommandConfiguration(
        abstract: "Measure locks: throughput, latency, fairness and integrity.",
        discussion: """
            Without options: all locks, 1, 2 and 4 × the CPUs workers, in about a minute; a table on stdout and a CSV file \
            under results/.
            """)

    @OptionGroup var options: RunOptions
    @OptionGroup var plugin: PluginOption

    mutating func run() throws {
        try options.check()
        let loadsPlugins = try plugin.load()
        let cells = try options.cells()
        let program: WorkerProgram
        do { program = try WorkerProgram(path: options.worker, loadsPlugins: loadsPlugins) } catch {
            throw Failure(error.description)
        }
        let startedAt = time(nil)
        let file = try options.output.map { try ResultsFile($0) } ?? ResultsFile.standard(at: startedAt)

        Interruption.watch()
        Janitor.sweep()
        let janitor: Janitor
        do { janitor = try Janitor(program) } catch {
            throw Failure("cannot start \(program.path): \(error.description)")
        }
        let session = Session(
            cells: cells, options: options, program: program, file: file, seed: options.seed ?? .random(in: 0 ... .max),
            runID: "\(Timestamp.compact(startedAt))-\(String(UInt32.random(in: 0 ... .max), radix: 16))")
        let (rows, failure) = session.measure()
        withExtendedLifetime(janitor) {}

        // Whatever becomes of the file, what was measured is printed.
        let saved = Result { try file.finish(rows) }
        try report(rows, cells: cells, file: file, seed: session.seed)
        try saved.get()
        if let failure { throw failure }
        if !rows.allSatisfy(\.isAsPromised) { throw ExitCode(ExitStatus.integrity.rawValue) }
    }

    private func report(_ rows: [Row], cells: [Cell], file: ResultsFile, seed: UInt64) throws {
        switch options.format {
        case .csv: try Terminal.show(CSV.document(rows))
        case .json: try Terminal.show(JSON.document(rows))
        case .table, .markdown:
            let summaries = CellSummary.summaries(rows, cells: cells)
            if summaries.isEmpty { return }
            try Terminal.show(
                """
                \(SummaryTable.text(summaries, markdown: options.format == .markdown))
                \(Verdict.text(summaries))

                Medians over the rounds; ± is half their range; jain is Jain's fairness index.
                seed \(seed), rows in \(file.path)

                """)
        }
    }
}

/// All rounds of one invocation.
private struct Session {
    let cells: [Cell]
    let options: RunOptions
    let program: WorkerProgram
    let file: ResultsFile
    let seed: UInt64
    let runID: String

    /// Runs the schedule. What was measured is returned, whatever ended it.
    func measure() -> (rows: [Row], failure: Failure?) {
        let schedule = Schedule(cells: cells.count, rounds: options.rounds, seed: seed)
        let speed = Delay.calibrate()
        let timing = options.timing(rounds: schedule.turns.count)
        var rows: [Row] = []
        var progress = Progress(rounds: schedule.turns.count)
        defer { progress.clear() }
        for (number, turn) in schedule.turns.enumerated() {
            let cell = cells[turn.cell]
            progress.begin(cell, round: turn.round, of: options.rounds)
            do throws(RoundFailure) {
                var round = try Round(
                    cell, timing, number: number, program: program, iterationsPerNanosecond: speed)
                let row = Row(runID: runID, cell: cell, round: turn.round, result: try round.run())
                rows.append(row)
                if !row.result.whereabouts.isEmpty { progress.clear(); explain(row) }
            } catch {
                progress.clear()
                return (rows, failure(error, cell, done: rows.count, of: schedule.turns.count))
            }
            do { try file.append(rows[rows.count - 1]) } catch { return (rows, error as? Failure) }
            progress.end()
        }
        return (rows, nil)
    }

    private func failure(_ failure: RoundFailure, _ cell: Cell, done: Int, of total: Int) -> Failure {
        switch failure {
        case .interrupted:
            Failure("interrupted after \(done) of \(total) rounds; what was measured until then is reported")
        case .failed(let reason): Failure("\(cell.lock) with \(cell.workers) workers: \(reason)")
        }
    }

    /// Which worker of a stuck round was where.
    private func explain(_ row: Row) {
        Terminal.complain(
            "\(row.cell.lock) with \(row.cell.workers) workers, round \(row.round): no progress for \(options.stuckAfter), ended"
        )
        let shown = 16
        for line in row.result.whereabouts.prefix(shown) { Terminal.write("  \(line)\n") }
        if row.result.whereabouts.count > shown {
            Terminal.write("  … and \(row.result.whereabouts.count - shown) more\n")
        }
    }
}
