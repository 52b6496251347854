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
struct Run: MeasuringCommand {
    static let configuration = CommandConfiguration(
        abstract: "Measure locks: throughput, latency, fairness and integrity.",
        discussion: """
            Without options, `run` measures all locks with 1 worker, 2 workers, and 4 workers per CPU in about a minute. \
            It prints a table on stdout, and writes results/run-TIME.csv unless --output names a .csv or .json \
            file. A .csv gets each row at the end of its round.

            Each parameter of the load takes several values, separated by commas. Every combination of them is measured: a \
            grid. The report shows a map of the best lock at each point, and of each lock's share of the best; the formats \
            markdown and html also have the tables of the points.

            \(ExitStatus.help([.ok, .failed, .integrity, .usage]))

            \(Examples.text("run"))
            """)

    @OptionGroup var options: RunOptions
    @OptionGroup var plugin: PluginOption

    func check() throws { try options.check() }

    var workerPath: String? { options.worker }

    func loadPlugin() throws -> Bool { try plugin.load() }

    struct Work {
        let cells: [Cell]
        let program: WorkerProgram
        let startedAt: Int
        let seed: UInt64
        let outputs: RunOutputs
        let progress: Progress
        var outcome = RunSession.Outcome()
        var doubts: [Warning] = []
        var machine: [MachineFinding] = []
    }

    func plan(hasPlugin: Bool) throws -> [Cell] {
        let workloads = try options.workloads()
        let cells = workloads.flatMap(\.cells)
        try options.checkKills(cells)
        if workloads.contains(where: \.isGrid) { try options.checkGrid(cells) }
        if !options.findCapacity {
            try LoadOptions.checkRates(cells, options.timing(rounds: cells.count * options.rounds))
        }
        return cells
    }

    func open(_ cells: [Cell], _ program: WorkerProgram) throws -> Work {
        let startedAt = time(nil)
        let outputs = try RunOutputs(options, cells, startedAt: startedAt)
        let seed = options.seed ?? .random(in: 0 ... .max)
        return Work(
            cells: cells, program: program, startedAt: startedAt, seed: seed, outputs: outputs,
            progress: firstLine(cells, seed: seed))
    }

    /// Shows that the run begins: what precedes the first round takes a moment.
    private func firstLine(_ cells: [Cell], seed: UInt64) -> Progress {
        var progress = Progress(rounds: options.scheduledRounds(cells), cells: cells)
        let turns = Schedule(cells: cells.count, rounds: options.rounds, seed: seed).turns
        let first = options.findCapacity ? (cell: 0, round: 1) : turns.first.map { (cell: $0.cell, round: $0.round) }
        if let first { progress.begin(cells[first.cell], round: first.round, of: options.rounds) }
        return progress
    }

    func measure(_ work: inout Work) {
        let session = RunSession(
            options: options, program: work.program, outputs: work.outputs, progress: work.progress,
            conditions: RunConditions(startedAt: work.startedAt, seed: work.seed, program: work.program))
        let machine = CPUFindings.all(SystemFiles(), machine: .current, clock: session.conditions.clock)
        work.machine = machine
        if let doubt = CPUFindings.doubt(machine) {
            let warning = Warning(
                .doubtfulMachine, "figures may mislead on this machine (\(doubt)): see `shmbench doctor`")
            Terminal.warn(warning.text)
            work.doubts = [warning]
        }
        work.outcome = options.findCapacity ? session.findCapacities(work.cells) : session.measure(work.cells)
    }

    func conclude(_ work: Work) throws {
        let outcome = work.outcome
        let summaries = CellSummary.summaries(outcome.rows, cells: outcome.cells)
        // Results are printed even if they could not be saved.
        let kept = work.outputs.keep(outcome.rows)
        let shown = work.outputs.show(report(work, summaries))
        let extras = work.outputs.writeExtras(outcome.rows)
        for warning in Warnings.lines(summaries) {
            Terminal.warn(warning)
        }
        // An integrity failure sets the exit code before an unwritten file does; else the first failure does. All are
        // reported.
        let troubles = shown + kept + [outcome.failure].compactMap(\.self) + extras
        let isBroken = outcome.failure == nil && !outcome.rows.allSatisfy(\.isAsPromised)
        for trouble in isBroken ? troubles[...] : troubles.dropFirst() { Terminal.complain(trouble.message) }
        if isBroken { throw ExitCode(ExitStatus.integrity.rawValue) }
        if let first = troubles.first { throw first }
    }

    private func report(_ work: Work, _ summaries: [CellSummary]) -> Report {
        let outcome = work.outcome
        let request = RunRequest(
            cells: work.cells, timing: options.timing(rounds: options.scheduledRounds(work.cells)),
            rounds: options.rounds, kills: options.kills, seed: work.seed,
            bound: options.findCapacity ? options.capacityBound : nil)
        return RunReport(
            rows: outcome.rows, summaries: summaries, isComplete: outcome.failure == nil, sort: options.sort,
            kept: work.outputs.words, doubts: work.doubts, request: request,
            capacities: options.findCapacity ? (outcome.capacities, options.capacityBound) : nil,
            machine: work.machine.isEmpty ? nil : Doctor.table(work.machine)
        ).report
    }
}
