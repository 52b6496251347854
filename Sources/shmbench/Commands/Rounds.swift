internal import ArgumentParser
internal import Glibc
internal import ShmCoordinator
internal import ShmCore
internal import ShmRecord
internal import SystemPackage

/// `shmbench rounds`: measures one round after another for another process, `shmbench compare` for one.
///
/// Each thing that is compared has a process of its own that coordinates its rounds, with an environment, a plugin and a
/// build of its own: two plugins cannot be in one process, and a whole other build can be compared too. It says
/// ``RoundRequest/greeting`` and the header of a results file; then it answers each line that is a ``RoundRequest`` with a line of
/// that file, or with `error: ` and why not.
struct Rounds: MeasuringCommand {
    static let configuration = CommandConfiguration(
        abstract: "Measure rounds for another process: requests on stdin, rows on stdout.", shouldDisplay: false)

    @OptionGroup var plugin: PluginOption

    @Option var worker: String?

    @Option var seed: UInt64 = 0

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
        // What it measures is for its parent.
        ChildProcess.dieWithParent()
        return program
    }

    func measure(_ program: inout WorkerProgram) throws {
        var measurement = Measurement(
            program: program, conditions: RunConditions(startedAt: time(nil), seed: seed))
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
