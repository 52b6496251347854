import Foundation
import ShmHarness
import Testing

@testable import ShmCoordinator

extension ShmCoordinatorSuite {
    @Suite struct WorkerProgramTests {
        @Test func `the worker beside the program is found`() throws {
            let program = try WorkerProgram()
            #expect(program.path.hasSuffix("/shmworker"))
        }

        @Test func `a missing worker is reported with a way to build it`() throws {
            let path = "/nowhere/shmworker"
            let problem = try #require(throws: WorkerProgram.Problem.self) { try WorkerProgram(path: path) }
            #expect(problem.description.contains(path))
            #expect(problem.description.contains("swift build"))
            #expect(!problem.description.contains("\n"))
        }

        @Test func `a file that is not executable counts as missing`() throws {
            let problem = try #require(throws: WorkerProgram.Problem.self) { try WorkerProgram(path: "/etc/passwd") }
            guard case .missing = problem else { throw problem }
        }

        @Test(arguments: ["/bin/true", "/bin/false", "/bin/cat", "/bin", "/tmp"])
        func `another program is refused, with its answer`(path: String) throws {
            let problem = try #require(throws: WorkerProgram.Problem.self) { try WorkerProgram(path: path) }
            guard case .mismatch = problem else { throw problem }
            #expect(problem.description.contains("is not this program's worker"))
            #expect(!problem.description.contains("\n"))
        }

        @Test(arguments: [
            "shmworker 9.9.9 (arena layout 1)", "shmworker \(ToolVersion.current) (arena layout 999)",
            ToolVersion.workerLine + " and more", "",
        ])
        func `a worker of another version is refused, with both versions`(answer: String) throws {
            let script = try Script("printf '%s\\n' '\(answer)'")
            let problem = try #require(throws: WorkerProgram.Problem.self) { try WorkerProgram(path: script.path) }
            guard case .mismatch(_, let found) = problem else { throw problem }
            #expect(found == answer)
            #expect(problem.description.contains(answer.debugDescription))
            #expect(problem.description.contains(ToolVersion.workerLine.debugDescription))
        }

        @Test(arguments: [("SYS", "a seccomp filter"), ("KILL", "this program did not send it")])
        func `a program that is killed before it answers is not refused as another program, and the cause is named`(
            signal: String, cause: String
        ) throws {
            let script = try Script("kill -\(signal) $$; sleep 60")
            let problem = try #require(throws: WorkerProgram.Problem.self) { try WorkerProgram(path: script.path) }
            guard case .refused = problem else { throw problem }
            #expect(
                problem.description.hasPrefix("cannot start \(script.path) to ask for its version: it was killed by "))
            #expect(problem.description.contains(cause) && !problem.description.contains("\n"))
        }

        @Test func `a program that is stopped before it answers is not refused as another program`() throws {
            let script = try Script("kill -STOP $$; exec sleep 60")
            let problem = try #require(throws: WorkerProgram.Problem.self) { try WorkerProgram(path: script.path) }
            guard case .refused = problem else { throw problem }
            #expect(problem.description.contains("is stopped by a signal that this program did not send"))
        }

        @Test func `a worker of the right version is accepted`() throws {
            let script = try Script("printf '%s\\n' '\(ToolVersion.workerLine)' 'and a second line'")
            #expect(try WorkerProgram(path: script.path).path == script.path)
        }

        @Test func `a program that never answers is killed after a time limit`() throws {
            let script = try Script("echo $$ >\"$0.pid\"; exec sleep 60")
            let problem = try #require(throws: WorkerProgram.Problem.self) { try WorkerProgram(path: script.path) }
            guard case .mismatch(_, let found) = problem else { throw problem }
            #expect(found == "")
            let text = try String(contentsOfFile: script.path + ".pid", encoding: .utf8)
            let pid = try #require(pid_t(text.trimmingCharacters(in: .newlines)))
            #expect(kill(pid, 0) != 0)
        }
    }
}

/// A shell script in a folder of its own, which is removed with the last reference.
final class Script {
    let path: String
    private let folder: String

    init(_ text: String) throws {
        folder = NSTemporaryDirectory() + "/shmbench-script-\(UUID().uuidString)"
        try FileManager.default.createDirectory(atPath: folder, withIntermediateDirectories: true)
        path = folder + "/worker"
        // A shell writes the file: if it were open for writing here, a process that another thread starts at this
        // moment would inherit the descriptor, and the script could not be executed (ETXTBSY).
        let write = "printf '%s\\n' '#!/bin/sh' \"$2\" >\"$1\" && chmod 755 \"$1\""
        let shell = try ChildProcess("/bin/sh", ["-c", write, "sh", path, text])
        try #require(shell.awaitExit() == .code(0))
    }

    deinit { try? FileManager.default.removeItem(atPath: folder) }
}
