import Foundation
@_spi(Bench) import ShmCore
import TestSupport
import Testing

@testable import ShmCoordinator

extension ShmCoordinatorSuite {
    /// Frozen and stopped processes, with real signals and real control groups.
    @Suite struct ProcessFreezeTests {
        @Test func `a running or sleeping process is not frozen`() throws {
            let child = try ChildProcess("/bin/sleep", ["60"])
            #expect(ProcessFreeze.description(of: child.pid) == nil)
        }

        @Test func `a stopped process is reported, and so is its continuation`() throws {
            let child = try ChildProcess("/bin/sleep", ["60"])
            #expect(child.jobSignal() == nil)
            kill(child.pid, SIGSTOP)
            #expect(
                eventually { ProcessFreeze.description(of: child.pid)?.contains("kill -CONT \(child.pid)") == true })
            #expect(child.jobSignal() == SIGSTOP)
            #expect(child.jobSignal() == nil)
            kill(child.pid, SIGCONT)
            #expect(eventually { child.jobSignal() == SIGCONT })
            #expect(child.isRunning)
        }

        @Test func `a process that was stopped and continued between two checks is detected`() throws {
            let child = try ChildProcess("/bin/sleep", ["60"])
            kill(child.pid, SIGSTOP)
            #expect(eventually { ProcessTable.state(of: child.pid) == "T" })
            kill(child.pid, SIGCONT)
            #expect(eventually { ProcessTable.state(of: child.pid) == "S" })
            #expect(child.jobSignal() == SIGCONT)
        }

        @Test(
            .enabled("a control group of either version needs root, and the hierarchy mounted") { Freezer.canBeUsed },
            arguments: Freezer.all)
        func `a process in a frozen control group is reported, with the file that shows it`(freezer: Freezer) throws {
            let child = try ChildProcess("/bin/sleep", ["60"])
            let group = try freezer.make(named: "shmbench-test-\(getpid())")
            defer { group.remove() }
            try group.add(child.pid)
            #expect(ProcessFreeze.description(of: child.pid) == nil)
            try group.freeze()
            #expect(
                eventually {
                    ProcessFreeze.description(of: child.pid)?.hasPrefix(
                        "is frozen with its control group (/sys/fs/cgroup/")
                        == true
                })
            // Under version 1 it cannot die before it is thawed, and `end` does not wait for that.
            let start = Deadline.now
            child.end()
            #expect(Deadline.now.nanoseconds - start.nanoseconds < 10_000_000_000)
            try group.thaw()
            #expect(eventually { !child.isRunning })
        }
    }
}
