import Glibc
import ShmCore
import SystemPackage
import TestSupport
import Testing

@testable import ShmCoordinator

extension ShmCoordinatorSuite {
    @Suite struct ChildProcessTests {
        private func shell(_ script: String, output: FileDescriptor? = nil) throws -> ChildProcess {
            try ChildProcess("/bin/sh", ["-c", script], output: output)
        }

        @Test(arguments: [0, 1, 64, 255] as [Int32])
        func `an exit code is reported`(code: Int32) throws {
            let child = try shell("exit \(code)")
            #expect(child.awaitExit() == .code(code))
            #expect(!child.isRunning)
            #expect(child.exit?.description == "exited with code \(code)")
        }

        @Test func `the signal that killed a child is reported`() throws {
            let child = try shell("kill -TERM $$")
            #expect(child.awaitExit() == .signal(SIGTERM))
            #expect(child.exit?.description == "was killed by signal 15")
        }

        @Test func `a missing program cannot be started`() {
            #expect(throws: Errno.noSuchFileOrDirectory) { try ChildProcess("/nowhere/at/all", []) }
        }

        @Test func `a child has a process group of its own, which Ctrl-C does not reach`() throws {
            let child = try shell("sleep 60")
            #expect(getpgid(child.pid) == child.pid)
            #expect(getpgid(child.pid) != getpgrp())
            child.end()
            #expect(child.exit == .signal(SIGKILL))
        }

        @Test func `releasing the last reference ends and reaps the child`() throws {
            var child: ChildProcess? = try ChildProcess("/bin/sleep", ["60"])
            let pid = try #require(child?.pid)
            #expect(kill(pid, 0) == 0)
            child = nil
            #expect(kill(pid, 0) != 0)
            #expect(errno == ESRCH)
        }

        @Test func `ending a child that has ended already changes nothing`() throws {
            let child = try shell("exit 3")
            #expect(eventually { !child.isRunning })
            child.end()
            child.end()
            #expect(child.awaitExit() == .code(3))
        }

        @Test func `a child writes to the given descriptor, and reads from the given one`() throws {
            let (toChild, fromChild) = (try Pipe(), try Pipe())
            let child = try ChildProcess("/bin/cat", [], input: toChild.readEnd, output: fromChild.writeEnd)
            try toChild.readEnd.close()
            try fromChild.writeEnd.close()
            try toChild.writeEnd.writeAll("hello".utf8)
            try toChild.writeEnd.close()
            // The writing end is closed here: cat sees end-of-file only if it has not inherited that end.
            #expect(child.awaitExit() == .code(0))
            var buffer = [UInt8](repeating: 0, count: 16)
            let count = try unsafe buffer.withUnsafeMutableBytes { try unsafe fromChild.readEnd.read(into: $0) }
            #expect(String(decoding: buffer[..<count], as: UTF8.self) == "hello")
            try fromChild.readEnd.close()
        }

        @Test func `the state of a process is described in words`() throws {
            let child = try ChildProcess("/bin/sleep", ["60"])
            #expect(eventually { ProcessState.description(of: child.pid).hasPrefix("sleeping") })
            kill(child.pid, SIGSTOP)
            #expect(eventually { ProcessState.description(of: child.pid).hasPrefix("stopped") })
            kill(child.pid, SIGKILL)
            #expect(eventually { ProcessState.description(of: child.pid).hasPrefix("a zombie") })
            child.end()
            #expect(ProcessState.description(of: child.pid) == "gone")
        }
    }
}
