import Foundation
import ShmCore
import ShmHarness
import TestSupport
import Testing

@testable import ShmCoordinator

extension ShmCoordinatorSuite {
    /// The common part of rounds, crash tests and stress tests: processes in numbered places.
    @Suite(.timeLimit(.minutes(10))) struct FleetTests {
        private func scene() throws -> StressScene {
            try StressScene(
                .futex, workers: 2, program: try WorkerProgram(), number: .random(in: 3_000_000..<4_000_000))
        }

        private func awaitEnd(of worker: Int, in scene: StressScene) {
            #expect(eventually { scene.process(worker)?.hasEnded == true })
        }

        @Test func `processes are named by their place, and of how many if the total is given`() throws {
            let program = try WorkerProgram()
            let some = Fleet(program, number: 1, places: 3, naming: .init(role: "worker", total: nil))
            #expect(some.name(2) == "worker 3" && some.fullName(2) == "worker 3")
            let counted = Fleet(program, number: 1, places: 3, naming: .init(role: "survivor", total: 3))
            #expect(counted.name(0) == "survivor 1 of 3")
            #expect(counted.live == [] && !counted.isRunning && counted.outsideEnd() == nil)
        }

        @Test func `a worker that another program kills counts as ended from outside`() throws {
            let traces = Traces()
            do {
                let scene = try scene()
                #expect(scene.fleet.outsideEnd() == nil && scene.unexpectedEnd() == nil)
                kill(try #require(scene.process(1)).pid, SIGKILL)
                awaitEnd(of: 1, in: scene)
                let end = try #require(scene.fleet.outsideEnd())
                #expect(end.place == 1 && end.exit == .signal(SIGKILL))
                #expect(scene.unexpectedEnd()?.hasPrefix("worker 2 was killed by signal 9: ") == true)
            }
            #expect(traces.left() == [])
        }

        @Test func `workers that the fleet kills are reaped, and their places are vacant`() throws {
            let traces = Traces()
            do {
                let scene = try scene()
                let killed = scene.kill([0, 1])
                #expect(killed.reaping.count == 2 && scene.live == [] && scene.unexpectedEnd() == nil)
                #expect(scene.whereabouts(0) == "worker 1 is dead")
            }
            #expect(traces.left() == [])
        }

        @Test func `a stop by another program is a disturbance once, and a stop by the test is none`() throws {
            let traces = Traces()
            do {
                let scene = try scene()
                let pids = try [0, 1].map { try #require(scene.process($0)).pid }
                scene.fleet.beginStop(0)
                for pid in pids { kill(pid, SIGSTOP) }
                #expect(eventually { pids.allSatisfy { ProcessTable.state(of: $0) == "T" } })
                let standstill = try #require(scene.fleet.standstill(isSuspicious: false))
                #expect(standstill.text.hasPrefix("worker 2 (pid \(pids[1])) is stopped by a signal that this program"))
                #expect(scene.fleet.standstill(isSuspicious: false) == nil)
                // If something is wrong, a reported stop explains it again.
                #expect(scene.fleet.standstill(isSuspicious: true) != nil)
                for pid in pids { kill(pid, SIGCONT) }
            }
            #expect(traces.left() == [])
        }

        @Test func `a wait ends when its condition holds, its patience is over, or it has become pointless`() throws {
            let hour = Patience.after(.seconds(3600))
            var looks = 0
            #expect(
                try hour.wait {
                    looks += 1
                    return looks == 20
                })
            #expect(looks == 20)
            #expect(try !hour.wait(unless: { true }, until: { false }))
            // The condition is checked once more when the wait seems pointless: it may have just come true.
            looks = 0
            #expect(
                try hour.wait(unless: { true }) {
                    looks += 1
                    return looks == 2
                })
            #expect(try !Patience.after(.milliseconds(20)).wait { false })
            #expect(throws: RoundFailure.self) {
                try hour.wait(unless: { () throws(RoundFailure) in throw .failed("over") }, until: { false })
            }
        }
    }
}
