internal import ArgumentParser
internal import Glibc
internal import ShmCoordinator
internal import ShmCore
internal import ShmRecord

/// `shmbench rounds`: measures rounds for another process, such as `shmbench compare`.
///
/// Each side of a comparison has a coordinator process with an environment, a plugin and a build of its own: a process
/// cannot load two plugins, and the other build may be a whole installation. It writes ``RoundRequest/greeting`` and the
/// header of a results file. Then it answers each ``RoundRequest`` with a line of that file, or with `error: ` and the
/// reason.
struct Rounds: MeasuringCommand {
    static let configuration = CommandConfiguration(
        abstract: "Measure rounds for another process: requests on stdin, rows on stdout.", shouldDisplay: false)

    @OptionGroup var plugin: PluginOption

    @Option(help: ArgumentHelp("Path of the worker program.", valueName: "path"))
    var worker: String?

    @Option("--seed", .seed, valueName: "n", "Seed of the rounds.")
    var seed: UInt64 = 0

    var workerPath: String? { worker }

    func check() {}

    mutating func run() throws { try MeasuringDialogue.run { try measureAll() } }

    func loadPlugin() throws -> Bool { try plugin.load() }

    func plan(hasPlugin: Bool) {}

    func open(_ plan: Void, _ program: WorkerProgram) -> WorkerProgram {
        // Only its parent needs the results.
        ChildProcess.dieWithParent()
        return program
    }

    func measure(_ program: inout WorkerProgram) throws {
        var session = Session(program: program, seed: seed)
        try MeasuringDialogue.answerAll(greeting: RoundRequest.greeting) { try session.answer($0) }
    }

    func conclude(_ program: WorkerProgram) {}

    /// What the answers have in common.
    private struct Session {
        let program: WorkerProgram
        let seed: UInt64
        private var number = 0
        /// The clock and the machine are measured for the first round: counts do not need them.
        private lazy var measurement = Measurement(
            program: program, conditions: RunConditions(startedAt: time(nil), seed: seed, program: program))

        init(program: WorkerProgram, seed: UInt64) { (self.program, self.seed) = (program, seed) }

        mutating func answer(_ line: String) throws -> String {
            number += 1
            if let request = try PathCostRequest(line) {
                // Numbers that no round uses, nor its recovery.
                var counter = PathCounter(
                    try request.kind(), program: program, number: 1 << 29 + number * PathCounter.numbersUsed)
                return PathCostRequest.line(try counter.count(repetitions: request.repetitions)) + "\n"
            }
            let request = try RoundRequest(line)
            let cell = try request.cell()
            measurement.kills = request.kills
            return CSV.line(
                try measurement.row(cell, round: request.round, timing: request.timing, number: number))
        }
    }
}
