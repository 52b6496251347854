internal import ArgumentParser
internal import ShmCoordinator
internal import ShmRecord

/// A command that starts workers. All of them, in this order, load a lock plugin, plan, find the worker program, open the
/// output files, watch for interrupts, remove what dead runs left, start a janitor, measure, end the janitor, and show
/// the results, also after an interrupt.
protocol MeasuringCommand: CheckedCommand {
    /// What is to be measured.
    associatedtype Plan
    /// Its files, and the results so far.
    associatedtype Work

    /// The path of `--worker`; `nil` for the worker program beside this program.
    var workerPath: String? { get }

    /// Loads the lock plugin. Returns whether there is one.
    func loadPlugin() throws -> Bool

    /// Refuses what cannot be measured, before anything is started or opened.
    func plan(hasPlugin: Bool) throws -> Plan

    /// Opens the files, and drops what older runs wrote to them.
    func open(_ plan: Plan, _ program: WorkerProgram) throws -> Work

    /// Measures. Keeps a failure in the work if there are results to show, and throws it if there are none.
    func measure(_ work: inout Work) throws

    /// Shows the results, and throws if the exit code is not 0.
    func conclude(_ work: Work) throws
}

extension MeasuringCommand {
    var workerPath: String? { nil }

    func loadPlugin() throws -> Bool { false }

    mutating func run() throws { try measureAll() }

    /// The default of ``run()``.
    func measureAll() throws {
        let hasPlugin = try loadPlugin()
        let plan = try plan(hasPlugin: hasPlugin)
        let program: WorkerProgram
        do { program = try WorkerProgram(path: workerPath, loadsPlugins: hasPlugin) } catch {
            // The worker of --worker is a file that the command line names.
            throw Failure(error.description, code: workerPath == nil ? .failed : .usage)
        }
        var work = try open(plan, program)
        Interruption.watch()
        Janitor.sweep()
        try withJanitor(program) { try measure(&work) }
        try conclude(work)
    }

    /// Runs a body beside a janitor, which removes the segments if this process is killed.
    private func withJanitor(_ program: WorkerProgram, _ body: () throws -> Void) throws {
        let janitor: Janitor
        do { janitor = try Janitor(program) } catch {
            throw Failure("cannot start \(program.path): \(RefusalReason.reason(error))")
        }
        defer { withExtendedLifetime(janitor) {} }
        try body()
    }
}
