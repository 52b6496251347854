internal import ArgumentParser
internal import Glibc
internal import ShmCoordinator
internal import ShmCore
internal import ShmRecord
internal import SystemPackage

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

    mutating func run() throws {
        do { try measureAll() } catch let failure as Failure {
            try Self.say(RoundRequest.refusal + failure.message + "\n")
            throw ExitCode(failure.code.rawValue)
        }
    }

    func loadPlugin() throws -> Bool { try plugin.load() }

    func plan(hasPlugin: Bool) {}

    func open(_ plan: Void, _ program: WorkerProgram) -> WorkerProgram {
        // Only its parent needs the results.
        ChildProcess.dieWithParent()
        return program
    }

    func measure(_ program: inout WorkerProgram) throws {
        var measurement = Measurement(
            program: program, conditions: RunConditions(startedAt: time(nil), seed: seed, program: program))
        try Self.say(RoundRequest.greeting + "\n" + CSV.header)
        var number = 0
        while !Interruption.hasCome, let line = readLine() {
            number += 1
            try Self.say(Self.answer(line, number, &measurement))
        }
    }

    func conclude(_ program: WorkerProgram) {}

    private static func answer(_ line: String, _ number: Int, _ measurement: inout Measurement) -> String {
        do {
            if let request = try PathCostRequest(line) {
                // Numbers that no round uses, nor its recovery.
                var counter = PathCounter(
                    try request.kind(), program: measurement.program,
                    number: 1 << 29 + number * PathCounter.numbersUsed)
                return PathCostRequest.line(try counter.count(repetitions: request.repetitions)) + "\n"
            }
            let request = try RoundRequest(line)
            measurement.kills = request.kills
            return CSV.line(
                try measurement.row(
                    request.cell(), round: request.round, timing: request.timing, number: number))
        } catch RoundFailure.interrupted {
            return RoundRequest.refusal + "interrupted\n"
        } catch RoundFailure.failed(let reason) {
            return RoundRequest.refusal + reason + "\n"
        } catch {
            return RoundRequest.refusal + ((error as? Failure)?.message ?? "\(error)") + "\n"
        }
    }

    private static func say(_ text: String) throws {
        do { _ = try FileDescriptor.standardOutput.writeAll(text.utf8) } catch {
            throw Failure("cannot answer: \(error)")
        }
    }
}
