internal import ArgumentParser
internal import Glibc
internal import ShmCoordinator
@_spi(Bench) internal import ShmCore
internal import ShmHarness
internal import ShmRecord

/// `shmbench turns`: measures blocks of turns for `shmbench compare`.
///
/// One coordinator starts the workers of both sides, with the environment, the plugin and the build of each, because both
/// use one test segment. It writes ``TurnRequest/greeting`` and the header of a results file. Then it answers each
/// ``TurnRequest`` with the line of a ``TurnAnswer`` and two lines of that file; with `rounds: ` and the reason, if the cell
/// cannot be measured in turns; or with `error: ` and the reason.
struct Turns: MeasuringCommand {
    static let configuration = CommandConfiguration(
        abstract: "Measure blocks of turns for another process: requests on stdin, rows on stdout.",
        shouldDisplay: false)

    @Argument(help: "The base: a lock, a plugin or a worker program.")
    var base: String

    @Argument(help: "The candidate.")
    var candidate: String

    @Option("--seed", .seed, valueName: "n", "Seed of the run.")
    var seed: UInt64 = 0

    func check() {}

    mutating func run() throws { try MeasuringDialogue.run { try measureAll() } }

    /// Loads the plugin of a side, whose lock this process must know. The workers get its path in their own environment.
    func loadPlugin() throws -> Bool {
        unsafe unsetenv(PluginVariable.name)
        for side in [try Side(base, for: "<base>"), try Side(candidate, for: "<candidate>")] {
            guard case .plugin(let path) = side.thing else { continue }
            do throws(LockPluginError) { try LockPlugin.load(path, groups: LockSelection.groups) } catch {
                throw Failure(error.description, code: .usage)
            }
            return true
        }
        return false
    }

    func plan(hasPlugin: Bool) throws -> [Side] {
        [try Side(base, for: "<base>"), try Side(candidate, for: "<candidate>")]
    }

    func open(_ sides: [Side], _ program: WorkerProgram) throws -> [WorkerProgram] {
        // Only its parent needs the results.
        ChildProcess.dieWithParent()
        return try sides.map(Self.program)
    }

    /// The program of a side's workers, with their environment.
    private static func program(_ side: Side) throws -> WorkerProgram {
        do throws(WorkerProgram.Problem) {
            var program: WorkerProgram
            switch side.thing {
            case .plugin(let path):
                program = try WorkerProgram(loadsPlugins: true)
                program.environment = ["\(PluginVariable.name)=\(path)"]
            case .worker(let path): program = try WorkerProgram(path: path)
            default: program = try WorkerProgram()
            }
            program.environment += side.environment
            return program
        } catch {
            throw Failure(error.description)
        }
    }

    func measure(_ programs: inout [WorkerProgram]) throws {
        var measurement = TurnMeasurement(
            programs: programs,
            conditions: RunConditions(startedAt: time(nil), seed: seed, program: programs[0]))
        try MeasuringDialogue.answerAll(greeting: TurnRequest.greeting) { line in
            let request = try TurnRequest(line)
            if let obstacle = try measurement.obstacle(to: request) { return TurnRequest.obstacle + obstacle + "\n" }
            return try measurement.block(request)
        }
    }

    func conclude(_ programs: [WorkerProgram]) {}
}
