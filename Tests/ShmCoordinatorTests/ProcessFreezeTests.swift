import Foundation
@_spi(Bench) import ShmCore
import TestSupport
import Testing

@testable import ShmCoordinator

extension ShmCoordinatorSuite {
    /// What keeps other processes from running, with real signals and real control groups.
    @Suite struct ProcessFreezeTests {
        @Test func `a process that runs or sleeps is free`() throws {
            let child = try ChildProcess("/bin/sleep", ["60"])
            #expect(ProcessFreeze.description(of: child.pid) == nil)
        }

        @Test func `a process that was stopped is named, and so is that it goes on`() throws {
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

        @Test func `a process that was stopped and goes on before anybody looked is noticed`() throws {
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
        func `a process whose control group is frozen is named, with the file that says so`(freezer: Freezer) throws {
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
            // Under version 1 it cannot die before it is let go of, and `end` does not wait for that.
            let start = Deadline.now
            child.end()
            #expect(Deadline.now.nanoseconds - start.nanoseconds < 10_000_000_000)
            try group.thaw()
            #expect(eventually { !child.isRunning })
        }
    }
}
