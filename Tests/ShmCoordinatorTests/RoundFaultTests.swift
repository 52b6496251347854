import Glibc
import ShmCore
import ShmHarness
import Synchronization
import Testing

@testable import ShmCoordinator

extension ShmCoordinatorSuite {
    @Suite struct RoundFaultTests {
        /// So long that no test reaches its end.
        private static let long = 20_000_000_000

        private func reason(
            of round: TestRound, with program: WorkerProgram? = nil, meanwhile: (@Sendable () -> Void)? = nil
        ) throws -> String {
            let failure = try #require(throws: RoundFailure.self) { try round.run(with: program, meanwhile: meanwhile) }
            guard case .failed(let reason) = failure else { throw failure }
            return reason
        }

        /// Not with the mutex whose next owner glibc aborts: that abort may be detected first.
        @Test(arguments: LockKind.all.filter { $0 != .pthreadPI }, [0, 1])
        func `a killed worker ends the round, and is named`(lock: LockKind, target: Int) throws {
            let traces = Traces()
            var round = TestRound(lock, workers: 2)
            round.timing.throughput = Self.long
            let killed = Atomic<pid_t>(0)
            let reason = try reason(of: round) { [round] in
                let workers = round.awaitContending()
                guard workers.count == 2 else { return }
                killed.store(workers[target], ordering: .relaxed)
                kill(workers[target], SIGKILL)
            }
            let pid = killed.load(ordering: .relaxed)
            // An OOM kill elsewhere on the machine is named as a possible cause.
            #expect(
                reason.hasPrefix(
                    "worker \(target + 1) of 2 (pid \(pid)) was killed by signal 9: this program did not send it; "
                        + "another program or user did"))
            #expect(traces.left() == [])
        }

        @Test(arguments: [
            ("exit 3", "exited with code 3"), ("kill -SEGV $$", "was killed by signal 11"),
            ("exit 65", "exited with code 65: it could not use its segments; its own line on stderr says why"),
            (
                "kill -BUS $$",
                "was killed by signal 7: memory that it had mapped no longer exists: /dev/shm is full, or a segment's file was truncated"
            ),
        ])
        func `a worker that exits before the barrier ends the round`(script: String, end: String) throws {
            let traces = Traces()
            let program = try Script(
                "if [ \"$1\" = --version ]; then echo '\(ToolVersion.workerLine)'; exit; fi; \(script)")
            let reason = try reason(of: TestRound(.futex, workers: 2), with: WorkerProgram(path: program.path))
            #expect(reason.hasPrefix("worker 1 of 2 (pid ") || reason.hasPrefix("worker 2 of 2 (pid "))
            #expect(reason.hasSuffix(end))
            #expect(traces.left() == [])
        }

        @Test func `a worker that cannot be started ends the round`() throws {
            let traces = Traces()
            let program: WorkerProgram
            do {
                let script = try Script("echo '\(ToolVersion.workerLine)'")
                program = try WorkerProgram(path: script.path)
            }
            // The script is removed now.
            let reason = try reason(of: TestRound(.futex, workers: 2), with: program)
            #expect(reason.hasPrefix("cannot start worker 1 of 2: No such file or directory"))
            #expect(traces.left() == [])
        }

        @Test func `an owner that does not leave its section makes the round stuck, and is named`() throws {
            let traces = Traces()
            var round = TestRound(.futex, workers: 3, criticalSection: Self.long)
            round.timing.throughput = Self.long
            round.timing.stuckAfter = 500_000_000
            let result = try round.run()
            #expect(result.integrity == .stuck && result.standstill == nil)
            #expect(result.figures == nil)
            try #require(result.whereabouts.count == 3)
            for (worker, line) in result.whereabouts.enumerated() {
                #expect(line.hasPrefix("worker \(worker + 1) (pid "))
            }
            #expect(result.whereabouts.count { $0.contains("inside the critical section") } == 1)
            #expect(traces.left() == [])
        }

        /// A worker that another program stops, inside or outside, says nothing about the lock.
        @Test(arguments: [true, false])
        func `a stopped worker makes the round void, and is named`(inside: Bool) throws {
            let traces = Traces()
            var round = TestRound(
                .futex, workers: 3, criticalSection: inside ? 50_000_000 : 0, think: inside ? 0 : 20_000_000)
            round.timing.throughput = Self.long
            round.timing.stuckAfter = 10_000_000_000
            let stopped = Atomic<Int>(-1)
            let result = try round.run { [round] in
                if let worker = round.stopWorker(inside: inside) { stopped.store(worker, ordering: .relaxed) }
            }
            let worker = stopped.load(ordering: .relaxed)
            try #require(worker >= 0 || result.standstill != nil)
            #expect(result.integrity == .ok && result.figures == nil)
            let text = try #require(result.standstill?.text)
            #expect(text.hasPrefix("worker ") && text.contains(" of 3 (pid "), "\(text)")
            #expect(text.contains("stopped by a signal"), "\(text)")
            #expect(traces.left() == [])
        }

        @Test(
            .enabled("a control group of either version needs root, and the hierarchy mounted") { Freezer.canBeUsed },
            arguments: Freezer.all)
        func `frozen workers make the round void, and are named`(freezer: Freezer) throws {
            let traces = Traces()
            var round = TestRound(.futex, workers: 2)
            round.timing.throughput = Self.long
            round.timing.stuckAfter = 5_000_000_000
            let group = try freezer.make(named: "shmbench-test-\(getpid())")
            defer { group.remove() }
            let result = try round.run { [round] in
                for worker in round.awaitContending() { try? group.add(worker) }
                try? group.freeze()
            }
            #expect(result.integrity == .ok && result.figures == nil)
            #expect(result.standstill?.text.contains("is frozen with its control group") == true)
            group.remove()
            // A process that could not die then is reaped when the next one is started.
            try ChildProcess("/bin/true", []).awaitExit()
            #expect(traces.left() == [])
        }
    }
}
