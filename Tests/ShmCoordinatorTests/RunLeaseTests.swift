import Glibc
import ShmCore
import ShmHarness
import SystemPackage
import TestSupport
import Testing

@testable import ShmCoordinator

extension ShmCoordinatorSuite {
    @Suite struct RunLeaseTests {
        private func path(_ run: RunID) -> String { "/dev/shm/\(RunLease.name(of: run))" }

        @Test func `a lease is held for as long as it exists, and names its holder`() throws {
            let run = RunID.random()
            #expect(RunLease.state(of: run) == .missing)
            var lease: RunLease? = try RunLease(run)
            #expect(RunLease.state(of: run) == .held)
            #expect(RunLease.holder(of: run) == .current)
            // A query opens and closes the file, which must not drop the lock.
            _ = try? SharedMemory.segments()
            #expect(RunLease.state(of: run) == .held)
            withExtendedLifetime(lease) {}
            lease = nil
            #expect(RunLease.state(of: run) == .missing)
            #expect(RunLease.holder(of: run) == nil)
        }

        @Test func `a run has one lease`() throws {
            let run = RunID.random()
            let lease = try RunLease(run)
            #expect(throws: Errno.fileExists) { try RunLease(run) }
            #expect(lease.isNamed && RunLease.state(of: run) == .held)
        }

        @Test func `no child inherits the lease`() throws {
            let run = RunID.random()
            let child: ChildProcess
            do {
                let lease = try RunLease(run)
                unsafe rename(path(run), path(run) + ".kept")
                child = try ChildProcess("/bin/sleep", ["60"])
                withExtendedLifetime(lease) {}
            }
            unsafe rename(path(run) + ".kept", path(run))
            defer { unsafe _ = unlink(path(run)) }
            #expect(eventually { RunLease.state(of: run) == .free })
            #expect(child.isRunning)
        }

        @Test(arguments: ["", "shmbench run", String(repeating: "\n", count: 128), String(repeating: "x", count: 4096)])
        func `another program's file of that name is not a lease, and is kept`(text: String) throws {
            let run = RunID.random()
            let file = try FileDescriptor.open(
                FilePath(path(run)), .writeOnly, options: [.create, .exclusiveCreate], permissions: .ownerReadWrite)
            defer { unsafe _ = unlink(path(run)) }
            try file.closeAfter { _ = try file.writeAll(text.utf8) }
            #expect(RunLease.state(of: run) == .foreign)
            Janitor.sweep()
            #expect(RunLease.state(of: run) == .foreign)
            #expect(!Leftovers.outcome(ofRun: run).isRemoval)
        }

        @Test func `a FIFO of that name is not opened`() throws {
            let run = RunID.random()
            try #require(unsafe mkfifo(path(run), 0o600) == 0)
            defer { unsafe _ = unlink(path(run)) }
            #expect(RunLease.state(of: run) == .foreign)
        }

        @Test func `a lease that was removed by hand is recreated with the next segment`() throws {
            let run = try ThisRun.begin()
            #expect(RunLease.state(of: run) == .held)
            unsafe _ = unlink(path(run))
            #expect(RunLease.state(of: run) == .missing)
            #expect(try ThisRun.begin() == run)
            #expect(RunLease.state(of: run) == .held)
            ThisRun.forgetHidden()
            #expect(RunLease.state(of: run) == .held)
            ThisRun.end()
            #expect(RunLease.state(of: run) == .missing)
        }

        @Test func `a worker refuses to start once its coordinator has exited`() throws {
            let run = try RunID.abandoned()
            defer { unsafe _ = unlink(path(run)) }
            let worker = try ChildProcess(
                WorkerProgram().path, ["contend", "\(run).\(getpid())", "0", "0", "1"], isMute: true)
            #expect(eventually { !worker.isRunning })
            #expect(worker.exit == .code(WorkerExit.usage.rawValue))
        }
    }
}
