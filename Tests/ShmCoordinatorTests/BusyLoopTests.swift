import Glibc
import ShmCore
import Synchronization
import TestSupport
import Testing

@testable import ShmCoordinator

extension ShmCoordinatorSuite {
    /// The background load of a round.
    @Suite struct BusyLoopTests {
        private func round(loops: Int) -> TestRound {
            var round = TestRound(.futex, workers: 2)
            (round.cell.busyLoops, round.timing.throughput) = (loops, 300_000_000)
            return round
        }

        @Test func `busy loops use CPU time during the round, are no workers, and end with it`() throws {
            let traces = Traces()
            let round = round(loops: 2)
            let found = Atomic<Int>(0)
            let ran = Atomic<Bool>(false)
            let result = try round.run { [round] in
                guard round.awaitContending().count == 2 else { return }
                let loops = ProcessTable.busyLoops(ofRound: round.number)
                found.store(loops.count, ordering: .relaxed)
                ran.store(eventually { loops.allSatisfy { ProcessTable.ticks(of: $0) > 0 } }, ordering: .relaxed)
            }
            let (count, haveRun) = (found.load(ordering: .relaxed), ran.load(ordering: .relaxed))
            #expect(count == 2, "they run before the first window")
            #expect(haveRun)
            #expect(result.integrity == .ok && result.standstill == nil)
            let figures = try #require(result.figures)
            #expect(figures.sections.count == 2 && figures.acquisitions > 0)
            #expect(figures.userSeconds + figures.systemSeconds < 2 * figures.duration + 0.1)
            #expect(traces.left() == [] && ProcessTable.busyLoops(ofRound: round.number) == [])
        }

        @Test func `a round without busy loops starts none`() throws {
            let round = round(loops: 0)
            let found = Atomic<Int>(-1)
            _ = try round.run { [round] in
                _ = round.awaitContending()
                found.store(ProcessTable.busyLoops(ofRound: round.number).count, ordering: .relaxed)
            }
            let count = found.load(ordering: .relaxed)
            #expect(count == 0)
        }

        /// Runs a round, and sends a signal to its second busy loop meanwhile.
        private func run(_ round: TestRound, signal: Int32) throws -> RoundResult {
            try round.run { [round] in
                _ = round.awaitContending()
                if let loop = ProcessTable.busyLoops(ofRound: round.number).max() { kill(loop, signal) }
            }
        }

        @Test func `a busy loop that is killed ends the round, and is named`() throws {
            let traces = Traces()
            let failure = try #require(throws: RoundFailure.self) { try run(round(loops: 2), signal: SIGKILL) }
            guard case .failed(let reason) = failure else { throw failure }
            #expect(
                reason.hasPrefix("busy loop 2 of 2 (pid ") && reason.contains("was killed by signal 9"), "\(reason)")
            #expect(traces.left() == [])
        }

        @Test func `a round whose busy loop is stopped does not count`() throws {
            let result = try run(round(loops: 2), signal: SIGSTOP)
            #expect(
                result.standstill?.text.hasPrefix("busy loop 2 of 2 (pid ") == true, "\(result.standstill?.text ?? "")")
            #expect(result.figures == nil && result.integrity == .ok)
        }
    }
}
