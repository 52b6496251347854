import Foundation
import ShmCore
import ShmHarness
import Synchronization
import TestSupport
import Testing

@Suite(.timeLimit(.minutes(10))) struct StressArenaTests {
    /// Runs the body with a fresh arena, whose segment is removed afterwards.
    private func withArena(workers: Int, _ body: (StressArena) throws -> Void) throws {
        let segment = SharedMemory(key: "shm-harness-tests.\(getpid()).\(UInt64.random(in: 0 ... .max))")
        try segment.create(size: StressArena.byteCount(workers: workers), lock: .noLock)
        defer {
            if segment.isValid { try? segment.detach() }
            try? segment.destroy(mode: .forceNoWait)
        }
        try segment.attach()
        try body(try #require(StressArena(segment, workers: workers)))
    }

    @Test func `grants are read in order, as many as the ring holds`() throws {
        try withArena(workers: 64) { arena in
            #expect(arena.grants(from: 0) == [])
            for worker in [3, 1, 2] { arena.noteGrant(worker) }
            #expect(arena.grants == 3 && arena.grants(from: 0) == [3, 1, 2] && arena.grants(from: 2) == [2])
            for index in 0..<1000 { arena.noteGrant(index % 64) }
            let last = arena.grants(from: 0)
            #expect(last.count == StressArena.grantCapacity)
            #expect(last == (1000 - StressArena.grantCapacity..<1000).map { $0 % 64 })
        }
    }

    @Test func `policy, hand-off time and orders do not overlap`() throws {
        try withArena(workers: 2) { arena in
            #expect(arena.policy == .any)
            arena.policy = .timedWaits
            arena.handOff = 12_345
            let order = StressOrder(kind: .holdUntilHandOff, stage: .half, id: 7)
            arena.give(order)
            #expect(arena.policy == .timedWaits && arena.handOff == 12_345)
            #expect(arena.take(as: 1) == order && arena.taker(of: order) == 1)
            #expect(arena.grants == 0 && !arena.isPaused)
        }
    }

    @Test func `a resting worker is woken by its own request, and not by another's`() throws {
        try withArena(workers: 2) { arena in
            arena.isPaused = true
            let slot = unsafe arena.slot(0)
            unsafe slot.pointee.request.store(StressSlot.Request.pass.rawValue, ordering: .releasing)
            unsafe arena.rest(in: slot)
            #expect(arena.isPaused)
        }
    }
}
