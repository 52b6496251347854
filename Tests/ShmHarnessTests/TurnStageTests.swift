import Foundation
import Testing

@testable import ShmCore
@testable import ShmHarness

@Suite(.timeLimit(.minutes(10))) struct TurnStageTests {
    private func withArena(_ body: (Arena) throws -> Void) throws {
        let segment = SharedMemory(key: "turn-stage-\(getpid())-\(UInt32.random(in: 0 ... .max))")
        try segment.create(size: Arena.byteCount(workers: 1), lock: .noLock)
        defer { try? segment.destroy(mode: .forceNoWait) }
        try segment.attach()
        defer { try? segment.detach() }
        try body(try #require(Arena(segment, workers: 1)))
    }

    @Test(arguments: ["a", "robust-futex", String(repeating: "x", count: 31)])
    func `a stage keeps the lock's name and place`(name: String) throws {
        let area = try #require(LockArea(of: .futex, behind: 100))
        try withArena { arena in
            arena.stage = TurnStage(lock: name, testRound: 70_000, area: area)
            #expect(arena.stage.lock == name && arena.stage.testRound == 70_000)
            #expect(Int(arena.stage.areaOffset) == area.offset && Int(arena.stage.areaRoom) == area.room)
        }
    }

    @Test func `the words of turns do not disturb the others`() throws {
        try withArena { arena in
            let area = try #require(LockArea(of: .mcs, behind: 100))
            arena.plan = Plan(workers: 1, counters: 3, criticalSectionIterations: 5, thinkIterations: 7)
            arena.stage = TurnStage(lock: String(repeating: "y", count: 31), testRound: 1, area: area)
            arena.openGate(to: .order)
            arena.announceLock(of: 1)
            #expect(arena.plan.counters == 3 && arena.plan.thinkIterations == 7)
            #expect(arena.busyLoops == 0 && arena.log.owners().isEmpty)
        }
    }

    @Test func `a worker passes the gate once for each turn, and leaves at the end`() throws {
        try withArena { arena in
            arena.join(.latency)
            arena.openGate(to: .latency)
            let turn = try #require(arena.awaitTurn(after: 0))
            #expect(turn.number == 1 && turn.window == .latency)
            #expect(!arena.areAllWorkersIn(.latency), "who was inside in an earlier turn is not in this one")
            arena.announceLock(of: 1)
            #expect(arena.awaitLock(of: 1))
            arena.endTurns()
            #expect(arena.awaitTurn(after: 1) == nil)
            #expect(!arena.awaitLock(of: 2))
        }
    }
}
