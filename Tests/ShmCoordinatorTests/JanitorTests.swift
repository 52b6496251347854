import Glibc
@_spi(Bench) import ShmCore
import ShmHarness
import SystemPackage
import TestSupport
import Testing

@testable import ShmCoordinator

extension ShmCoordinatorSuite {
    @Suite struct JanitorTests {
        /// Segments like those of a round, which are removed at the test's end.
        final class Segments {
            let all: [SharedMemory]

            init(_ keys: [String], lock: LockKind = .futex) throws {
                all = keys.map { SharedMemory(key: $0) }
                for segment in all { try segment.create(size: 64, lock: lock) }
            }

            convenience init(_ keys: RoundKeys, lock: LockKind = .futex) throws {
                try self.init([keys.arena, keys.test], lock: lock)
            }

            deinit { for segment in all where segment.exists { try? segment.destroy(mode: .forceNoWait) } }
        }

        @Test func `a sweep removes a dead coordinator's leftovers, including its semaphores and its lease`() throws {
            let traces = Traces()
            let run = try RunID.abandoned()
            let left = try Segments(RoundKeys(run: run, round: 3), lock: .sysvSemUndo)
            // The semaphore set is created by the lock's first use.
            for segment in left.all { try segment.withLock { _ in } }
            Janitor.sweep()
            #expect(left.all.allSatisfy { !$0.exists })
            #expect(RunLease.state(of: run) == .missing)
            #expect(traces.left() == [])
        }

        @Test func `a sweep keeps what belongs to live coordinators or to other programs`() throws {
            let run = RunID.random()
            let lease = try RunLease(run)
            let own = try Segments(RoundKeys(run: run, round: 2))
            let others = try Segments([
                "shmbench.tests.\(getpid())", "other.\(run).1.test", "shmbench.\(RunID.random()).1.mine",
                "shmbench.1.\(getpid()).arena", "shmbench.0123456789abcdef0123.0.arena",
            ])
            // The id of a dead process, in a key that this process creates.
            let dead = try ChildProcess("/bin/true", [])
            dead.awaitExit()
            let claimed = try Segments(["shmbench.\(dead.pid).0.arena", "shmbench.\(dead.pid).life.x"])
            Janitor.sweep()
            withExtendedLifetime(lease) {}
            for segment in own.all + others.all + claimed.all { #expect(segment.exists, "\(segment.key)") }
        }

        @Test func `if the lease was removed, a sweep removes what is not in use`() throws {
            let keys = RoundKeys(run: .random(), round: 1)
            let left = try Segments(keys)
            try left.all[0].attach()
            Janitor.sweep()
            #expect(left.all[0].exists && !left.all[1].exists)
            try left.all[0].detach()
            Janitor.sweep()
            #expect(!left.all[0].exists)
        }

        @Test func `a sweep waits for dying workers, for at most two seconds`() throws {
            let run = try RunID.abandoned()
            let left = try Segments(RoundKeys(run: run, round: 1))
            let worker = try ChildProcess(
                "/bin/sh",
                ["-c", "(echo 'attach readWrite'; sleep 1) | exec \(Self.probe) \(left.all[0].key) >/dev/null"])
            #expect(eventually { (try? left.all[0].numAttachments) == 1 })
            let start = Deadline.now.nanoseconds
            Janitor.sweep()
            #expect(!left.all[0].exists && !left.all[1].exists)
            let ownEnd = Deadline.now.nanoseconds - start
            #expect(ownEnd > 200_000_000, "it was attached for a second")
            worker.end()
        }

        private static let probe: String = {
            let path = (try? WorkerProgram().path) ?? ""
            return path.split(separator: "/", omittingEmptySubsequences: false).dropLast().joined(separator: "/")
                + "/shmprobe"
        }()

        @Test func `a sweep removes the leftovers of a dead coordinator of the first version`() throws {
            let script = "exec \(Self.probe) \"shmbench.$$.1.test\" >/dev/null <<END\ncreate 64 futex\nEND\n"
            let old = try ChildProcess("/bin/sh", ["-c", script])
            #expect(old.awaitExit() == .code(0))
            let segment = SharedMemory(key: "shmbench.\(old.pid).1.test")
            try #require(segment.exists)
            try segment.attach()
            Janitor.sweep()
            #expect(segment.exists, "in use")
            try segment.detach()
            Janitor.sweep()
            #expect(!segment.exists)
        }

        @Test func `a segment of a run whose control block was overwritten is removed, too`() throws {
            let run = try RunID.abandoned()
            let keys = RoundKeys(run: run, round: 1)
            let left = try Segments(keys)
            let file = try FileDescriptor.open(FilePath("/dev/shm/\(keys.test)"), .readWrite)
            defer {
                try? file.close()
                try? SegmentFile.remove(keys.test)
            }
            let size = try file.seek(offset: 0, from: .end)
            try file.writeAll(toAbsoluteOffset: 0, [UInt8](repeating: 0xff, count: Int(size)))
            #expect(!left.all[1].exists)
            Janitor.sweep()
            #expect((try? SegmentFile.status(ofName: keys.test)) == nil)
        }

        /// On a busy machine a coordinator may be killed before its janitor's first statement.
        @Test func `a janitor that starts after its coordinator's death still cleans up`() throws {
            let run = try RunID.abandoned()
            let left = try Segments(RoundKeys(run: run, round: 5))
            let nothing = try FileDescriptor.open(FilePath("/dev/null"), .readOnly)
            defer { try? nothing.close() }
            let janitor = try ChildProcess(try WorkerProgram().path, ["janitor", "\(run)"], input: nothing)
            #expect(eventually { !janitor.isRunning })
            #expect(janitor.exit == .code(0))
            #expect(left.all.allSatisfy { !$0.exists })
            #expect(RunLease.state(of: run) == .missing)
        }

        @Test func `this process's segments are removed with its janitor, and no others`() throws {
            let traces = Traces()
            try ThisRun.begin()
            let run = ThisRun.id
            let own = try Segments(RoundKeys(run: run, round: 999_003), lock: .sysvSemUndo)
            for segment in own.all { try segment.withLock { _ in } }
            let lease = try RunLease(.random())
            let others = try Segments(RoundKeys(run: .random(), round: 999_004))
            var janitor: Janitor? = try Janitor(WorkerProgram())
            withExtendedLifetime(janitor) { #expect(own.all.allSatisfy { $0.exists }) }
            janitor = nil
            #expect(own.all.allSatisfy { !$0.exists })
            #expect(others.all.allSatisfy { $0.exists })
            #expect(RunLease.state(of: run) == .missing)
            #expect(ThisRun.id != run, "the next run has another id")
            withExtendedLifetime(lease) {}
            #expect(traces.left() == [])
        }
    }
}
