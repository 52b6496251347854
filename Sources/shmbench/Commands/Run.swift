internal import ArgumentParser
internal import Glibc
internal import ShmCompare
internal import ShmCoordinator
internal import ShmCore
internal import ShmHarness
internal import ShmRecord
internal import ShmRender
internal import ShmStatistics
internal import SystemPackage

/// `shmbench run`.
struct Run: CheckedCommand {
    static let configuration = CommandConfiguration(
        abstract: "Measure locks: throughput, latency, fairness and integrity.",
        discussion: """
            Without options: all locks, 1, 2 and 4 × the CPUs workers, in about a minute; a table on stdout and a CSV file \
            under results/.
            """)

    @OptionGroup var options: RunOptions
    @OptionGroup var plugin: PluginOption

    func check() throws { try options.check() }

    mutating func run() throws {
        let loadsPlugins = try plugin.load()
        let workloads = try options.workloads()
        let cells = workloads.flatMap(\.cells)
        try options.checkKills(cells)
        if !options.findCapacity {
            try LoadOptions.checkRates(cells, options.timing(rounds: cells.count * options.rounds))
        }
        let program: WorkerProgram
        do { program = try WorkerProgram(path: options.worker, loadsPlugins: loadsPlugins) } catch {
            throw Failure(error.description)
        }
        let startedAt = time(nil)
        let hgrm = try options.hgrm.map { try HgrmFolder($0, options.findCapacity ? [] : cells) }
        let trace = try options.trace.map { try TraceFile($0) }
        let (history, file): (HistoryFile?, ResultsFile)
        do {
            history = try options.history.open()
            file = try options.output.map { try ResultsFile($0) } ?? ResultsFile.standard(at: startedAt)
        } catch {
            trace?.discard()
            throw error
        }
        // Nothing that was there is lost to a run that is refused.
        try trace?.begin()
        try file.begin()

        Interruption.watch()
        Janitor.sweep()
        let janitor: Janitor
        do { janitor = try Janitor(program) } catch {
            throw Failure("cannot start \(program.path): \(MachineWant.reason(error))")
        }
        let session = Session(
            options: options, program: program, file: file,
            conditions: RunConditions(startedAt: startedAt, seed: options.seed ?? .random(in: 0 ... .max)))
        let outcome = options.findCapacity ? session.findCapacities(cells) : session.measure(cells)
        withExtendedLifetime(janitor) {}

        // Whatever becomes of the file, what was measured is printed.
        let saved = Result { try file.finish(outcome.rows) }
        let kept = Result { try keep(outcome.rows, history, file) }
        let summaries = CellSummary.summaries(outcome.rows, cells: outcome.cells)
        try report(outcome, summaries, file)
        let extras = Result {
            try hgrm?.write(outcome.rows)
            try trace?.write(outcome.rows)
        }
        for warning in Warnings.lines(summaries) {
            Terminal.write(Terminal.told("warning: \(warning)") + "\n")
        }
        // A broken lock weighs more than a file that was not written; else the first trouble decides how the program ends. All
        // are told.
        let troubles = [Self.trouble(saved), Self.trouble(kept), outcome.failure, Self.trouble(extras)].compactMap(
            \.self)
        let isBroken = outcome.failure == nil && !outcome.rows.allSatisfy(\.isAsPromised)
        for trouble in isBroken ? troubles[...] : troubles.dropFirst() { Terminal.complain(trouble.message) }
        if isBroken { throw ExitCode(ExitStatus.integrity.rawValue) }
        if let first = troubles.first { throw first }
    }

    /// Appends to the history; the rows are not lost where that fails.
    private func keep(_ rows: [Row], _ history: HistoryFile?, _ file: ResultsFile) throws {
        do {
            let records = Report.Records(rows)
            try history?.append(columns: records.names, values: records.rows)
        } catch let failure as Failure { throw Failure("\(failure.message); the rows are in \(file.path)") }
    }

    private static func trouble(_ result: Result<Void, any Error>) -> Failure? {
        if case .failure(let error) = result { error as? Failure ?? Failure("\(error)") } else { nil }
    }

    private func report(_ outcome: Session.Outcome, _ summaries: [CellSummary], _ file: ResultsFile) throws {
        let kept = "rows in \(file.path)\(options.history.history.map { ", history in \($0)" } ?? "")"
        let report = RunReport(
            rows: outcome.rows, summaries: summaries, isComplete: outcome.failure == nil, sort: options.sort,
            kept: kept,
            capacities: options.findCapacity ? (outcome.capacities, options.capacityBound) : nil)
        try Terminal.show(report.report, options.format)
    }
}
