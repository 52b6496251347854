internal import ShmHarness
public import SystemPackage

/// A small process that outlives this one and removes its segments, should it be killed outright. See the worker's
/// side.
public final class Janitor {
    private let process: ChildProcess
    private let lifeline: FileDescriptor

    /// Starts it. From here on it notices this process's end, of any kind.
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

    /// Does what it would do, and ends it: after an orderly end there is nothing left to watch over.
    deinit {
        ThisRun.end()
        process.end()
        try? lifeline.close()
    }

    /// Removes what coordinators left that are no more, whose janitor was killed too. Call it before the first round.
    public static func sweep() { RunFiles.sweep() }
}
