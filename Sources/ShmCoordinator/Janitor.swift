internal import Glibc
internal import ShmCore
internal import ShmHarness
public import SystemPackage

/// A small process that outlives this one and removes its segments, should it be killed outright. See the worker's
/// side.
public final class Janitor {
    private let process: ChildProcess
    private let lifeline: FileDescriptor

    /// Starts it. From here on this process's end, of whatever kind, is noticed by it.
    public init(_ program: WorkerProgram) throws(Errno) {
        let pipe = try Pipe()
        defer { try? pipe.readEnd.close() }
        do {
            process = try ChildProcess(program.path, ["janitor", "\(getpid())"], input: pipe.readEnd)
        } catch {
            try? pipe.writeEnd.close()
            throw error
        }
        lifeline = pipe.writeEnd
    }

    /// Tells it that this process is done with its segments, and reaps it.
    deinit {
        try? lifeline.close()
        // It has a moment's work at most; one that somebody stopped is not waited for.
        let patience = Patience.after(.seconds(2))
        while process.isRunning && !patience.hasPassed { usleep(200) }
        process.end()
    }

    /// Removes what coordinators left that are no more, whose janitor was killed too. Call it before the first round.
    public static func sweep() {
        for segment in (try? SharedMemory.segments()) ?? [] {
            // Before this process has made any, one with its own id is a namesake's.
            guard segment.isOfThisPIDNamespace, let coordinator = RoundKeys.coordinator(of: segment.key),
                coordinator == getpid() || (kill(coordinator, 0) != 0 && errno == ESRCH)
            else { continue }
            try? SharedMemory(key: segment.key).destroy(mode: .forceNoWait)
        }
    }
}
