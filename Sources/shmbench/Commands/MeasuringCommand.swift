internal import ArgumentParser
internal import ShmCoordinator
internal import ShmRecord

/// A command that starts workers. What all of them do, in this order: load a lock plugin, find out what is asked for, find the
/// worker program, open the files that are written, watch for interrupts, remove what dead runs left, start a janitor,
/// measure, end the janitor, and show what was found, also after an interrupt.
protocol MeasuringCommand: CheckedCommand {
    /// What is asked for.
    associatedtype Plan
    /// Its files, and what was found so far.
    associatedtype Work

    /// The worker program that was named; `nil` for the one beside this program.
    var workerPath: String? { get }

    /// Loads the lock plugin. Returns whether there is one.
    func loadPlugin() throws -> Bool

    /// Refuses what cannot be measured: nothing is started or opened yet.
    func plan(hasPlugin: Bool) throws -> Plan

    /// Opens the files, and removes what older runs wrote to them.
    func open(_ plan: Plan, _ program: WorkerProgram) throws -> Work

    /// Measures. What cuts it short is kept in the work where there is still something to show, and thrown where there is not.
    func measure(_ work: inout Work) throws

    /// Shows what was found, and throws where the program must not end well.
    func conclude(_ work: Work) throws
}

extension MeasuringCommand {
    var workerPath: String? { nil }

    func loadPlugin() throws -> Bool { false }

    mutating func run() throws { try measureAll() }

    /// What ``run()`` does where a command does not add to it.
    func measureAll() throws {
        let hasPlugin = try loadPlugin()
        let plan = try plan(hasPlugin: hasPlugin)
        let program: WorkerProgram
        do { program = try WorkerProgram(path: workerPath, loadsPlugins: hasPlugin) } catch {
            throw Failure(error.description)
        }
        var work = try open(plan, program)
        Interruption.watch()
        Janitor.sweep()
        try withJanitor(program) { try measure(&work) }
        try conclude(work)
    }

    /// Runs a body while a janitor watches: should this process be killed, it removes what that left.
    private func withJanitor(_ program: WorkerProgram, _ body: () throws -> Void) throws {
        let janitor: Janitor
        do { janitor = try Janitor(program) } catch {
            throw Failure("cannot start \(program.path): \(MachineWant.reason(error))")
        }
        defer { withExtendedLifetime(janitor) {} }
        try body()
    }
}
