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
        func `an exit code is told`(code: Int32) throws {
            let child = try shell("exit \(code)")
            #expect(child.awaitExit() == .code(code))
            #expect(!child.isRunning)
            #expect(child.exit?.description == "exited with code \(code)")
        }

        @Test func `a signal that ended it is told`() throws {
            let child = try shell("kill -TERM $$")
            #expect(child.awaitExit() == .signal(SIGTERM))
            #expect(child.exit?.description == "was killed by signal 15")
        }

        @Test func `what is not there cannot be started`() {
            #expect(throws: Errno.noSuchFileOrDirectory) { try ChildProcess("/nowhere/at/all", []) }
        }

        @Test func `a child is in a process group of its own, out of Ctrl-C's way`() throws {
            let child = try shell("sleep 60")
            #expect(getpgid(child.pid) == child.pid)
            #expect(getpgid(child.pid) != getpgrp())
            child.end()
            #expect(child.exit == .signal(SIGKILL))
        }

        @Test func `the end of the last reference ends and reaps the child`() throws {
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

        @Test func `a child writes where it is told, and reads what it is given`() throws {
            let (toChild, fromChild) = (try Pipe(), try Pipe())
            let child = try ChildProcess("/bin/cat", [], input: toChild.readEnd, output: fromChild.writeEnd)
            try toChild.readEnd.close()
            try fromChild.writeEnd.close()
            try toChild.writeEnd.writeAll("hello".utf8)
            try toChild.writeEnd.close()
            // The other end is closed: cat's input is over only if it holds no writing end itself.
            #expect(child.awaitExit() == .code(0))
            var buffer = [UInt8](repeating: 0, count: 16)
            let count = try unsafe buffer.withUnsafeMutableBytes { try unsafe fromChild.readEnd.read(into: $0) }
            #expect(String(decoding: buffer[..<count], as: UTF8.self) == "hello")
            try fromChild.readEnd.close()
        }

        @Test func `the kernel's word on a process is put in words`() throws {
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
