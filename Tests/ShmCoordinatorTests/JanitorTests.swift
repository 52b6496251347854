import Glibc
import ShmCore
import ShmHarness
import SystemPackage
import Testing

@testable import ShmCoordinator

extension ShmCoordinatorSuite {
    @Suite struct JanitorTests {
        /// Segments as a round has them, which go at the test's end.
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

        /// An id that belonged to a process a moment ago.
        private func deadProcess() throws -> pid_t {
            let child = try ChildProcess("/bin/true", [])
            child.awaitExit()
            return child.pid
        }

        @Test func `a sweep removes what a dead coordinator left, its semaphores included`() throws {
            let traces = Traces()
            let left = try Segments(RoundKeys(coordinator: try deadProcess(), round: 3), lock: .sysvSemUndo)
            // The semaphore set is made with the lock's first use.
            for segment in left.all { try segment.withLock { _ in } }
            Janitor.sweep()
            #expect(left.all.allSatisfy { !$0.exists })
            #expect(traces.left() == [])
        }

        @Test func `a sweep leaves alone what belongs to the living, and what is not the tool's`() throws {
            let parents = try Segments(RoundKeys(coordinator: getppid(), round: 999_002))
            let others = try Segments(["shmbench.tests.\(getpid())", "other.\(getpid()).1.test"])
            Janitor.sweep()
            #expect((parents.all + others.all).allSatisfy { $0.exists })
        }

        /// A process that has made no round yet finds segments under its own id: a namesake left them, in a container with few ids,
        /// say.
        @Test func `a sweep removes what a dead namesake left`() throws {
            let left = try Segments(RoundKeys(coordinator: getpid(), round: 999_001))
            Janitor.sweep()
            #expect(left.all.allSatisfy { !$0.exists })
        }

        /// On a busy machine a coordinator may be killed, and not yet reaped, before its janitor's first statement.
        @Test func `a janitor that comes to life after its coordinator's death clears up all the same`() throws {
            let zombie = try ChildProcess("/bin/true", [])
            #expect(eventually { ProcessState.letter(of: zombie.pid) == "Z" })
            let left = try Segments(RoundKeys(coordinator: zombie.pid, round: 5))
            let nothing = try FileDescriptor.open(FilePath("/dev/null"), .readOnly)
            defer { try? nothing.close() }
            let janitor = try ChildProcess(try WorkerProgram().path, ["janitor", "\(zombie.pid)"], input: nothing)
            #expect(eventually { !janitor.isRunning })
            #expect(janitor.exit == .code(0))
            #expect(left.all.allSatisfy { !$0.exists })
        }

        @Test func `the janitor removes this process's segments at its end, and no others`() throws {
            let traces = Traces()
            let own = try Segments(RoundKeys(coordinator: getpid(), round: 999_003), lock: .sysvSemUndo)
            for segment in own.all { try segment.withLock { _ in } }
            let others = try Segments(RoundKeys(coordinator: getppid(), round: 999_004))
            var janitor: Janitor? = try Janitor(WorkerProgram())
            withExtendedLifetime(janitor) { #expect(own.all.allSatisfy { $0.exists }) }
            janitor = nil
            #expect(own.all.allSatisfy { !$0.exists })
            #expect(others.all.allSatisfy { $0.exists })
            #expect(traces.left() == [])
        }
    }
}
