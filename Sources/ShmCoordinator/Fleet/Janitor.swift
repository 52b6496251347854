internal import ShmHarness
public import SystemPackage

/// A helper process that outlives this one and removes its segments if it is killed. ShmWorker has its implementation.
public final class Janitor {
    private let process: ChildProcess
    private let lifeline: FileDescriptor

    /// Starts the helper. It detects every end of this process.
    public init(_ program: WorkerProgram) throws(Errno) {
        let pipe = try Pipe()
        defer { try? pipe.readEnd.close() }
        do {
            process = try ChildProcess(program.path, ["janitor", "\(ThisRun.id)"], input: pipe.readEnd)
        } catch {
            try? pipe.writeEnd.close()
            throw error
        }
        lifeline = pipe.writeEnd
    }

    /// Cleans up and ends the helper: after a normal end there is nothing left to remove.
    deinit {
        ThisRun.end()
        process.end()
        try? lifeline.close()
    }

    /// Removes the leftovers of dead coordinators whose janitors were killed, too. Call it before the first round.
    public static func sweep() { RunFiles.sweep() }
}
