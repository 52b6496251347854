import Foundation
import ShmCoordinator
import ShmCore
import ShmHarness
import TestSupport
import Testing

/// A program that runs in a folder of its own, its output captured; ended and reaped at the latest with the last reference.
final class Invocation {
    /// How it went.
    struct Outcome {
        let exit: ChildProcess.Exit
        let stdout: String
        let stderr: String

        /// What it complained of, progress and warnings left out.
        var complaints: [Substring] {
            stderr.split(separator: "\n").filter { !$0.contains("% done") && !$0.hasPrefix("warning: ") }
        }
    }

    /// The folder of the tested programs: that in `SHM_TESTED_PROGRAMS`, as of a release build; by default that of the tests.
    static let programs = ProcessInfo.processInfo.environment["SHM_TESTED_PROGRAMS"] ?? ownFolder
    private static let ownFolder = URL(fileURLWithPath: "/proc/self/exe").resolvingSymlinksInPath()
        .deletingLastPathComponent().path

    /// Where a program is: one that users do not get, such as a probe, is beside the tests.
    static func path(of program: String) -> String {
        let isTested = ["shmbench", "shmworker", "shmworker-dynamic"].contains(program)
        return "\(isTested ? programs : ownFolder)/\(program)"
    }

    let folder: Folder
    private let output: Folder
    private let child: ChildProcess

    var pid: pid_t { child.pid }
    var isRunning: Bool { child.isRunning }

    /// The run of which it is the coordinator, once that has a lease.
    var runID: RunID? {
        let holder = RunLease.Holder(process: pid, namespace: RunLease.Holder.current.namespace)
        return RunFiles.runs().first { RunLease.holder(of: $0) == holder }
    }

    /// Starts a program; `stdout` names where its output goes, if not to where the outcome has it from.
    init(program: String = "shmbench", _ arguments: [String], in folder: Folder? = nil, stdout: String? = nil) throws {
        self.folder = try folder ?? Folder()
        output = try Folder()
        let path = program.hasPrefix("/") ? program : Self.path(of: program)
        // The shell becomes the program: its process id is the program's.
        let script = "cd \"$1\" && exec <\"/dev/null\" >\"$2\" 2>\"$3\" && shift 3 && exec \"$@\""
        child = try ChildProcess(
            "/bin/sh",
            ["-c", script, "sh", self.folder.path, stdout ?? output.path("stdout"), output.path("stderr"), path]
                + arguments)
    }

    /// Starts `shmbench run` on the locks and with the workers given, with short rounds where nothing else is asked for.
    static func run(
        _ locks: String, workers: String, _ more: String..., in folder: Folder? = nil, stdout: String? = nil
    ) throws -> Invocation {
        var arguments = ["run", "--locks", locks, "--workers", workers]
        let short = [("--duration", "10ms"), ("--warmup", "1ms"), ("--rounds", "1")]
        for (option, value) in short where !more.contains(option) { arguments += [option, value] }
        return try Invocation(arguments + more, in: folder, stdout: stdout)
    }

    /// Waits for its end; ends it after a while.
    func finish(within limit: Duration = .seconds(300)) -> Outcome {
        if !eventually(within: limit, { !child.isRunning }) {
            Issue.record("it did not end within \(limit)")
            child.end()
        }
        return Outcome(exit: child.awaitExit(), stdout: output.text("stdout"), stderr: output.text("stderr"))
    }

    func send(_ signal: Int32) { if child.isRunning { kill(child.pid, signal) } }
}
