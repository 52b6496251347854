import Foundation
import ShmCore
import ShmHarness
import Synchronization
import TestSupport
import Testing

@Suite(.timeLimit(.minutes(10))) struct CrashArenaTests {
    private func withSegment(size: Int, _ body: (SharedMemory) throws -> Void) throws {
        let segment = SharedMemory(key: "shm-harness-tests.\(getpid()).\(UInt64.random(in: 0 ... .max))")
        try segment.create(size: size, lock: .noLock)
        defer {
            if segment.isValid { try? segment.detach() }
            try? segment.destroy(mode: .forceNoWait)
        }
        try segment.attach()
        try body(segment)
    }

    @Test func `a segment that is one byte too small is refused`() throws {
        let size = CrashArena.byteCount(survivors: 2)
        try withSegment(size: size) {
            #expect(CrashArena($0, survivors: 2) != nil)
            #expect(CrashArena($0, survivors: 3) == nil)
            #expect(CrashArena($0, survivors: 0) == nil)
        }
        try withSegment(size: size - 1) { #expect(CrashArena($0, survivors: 2) == nil) }
    }

    @Test func `path, orders and slots do not overlap, and a new target's slot is clear`() throws {
        try withSegment(size: CrashArena.byteCount(survivors: 2)) { segment in
            let arena = try #require(CrashArena(segment, survivors: 2))
            arena.path = .barger
            for process in 0...2 {
                let number = process + 1
                unsafe arena.orderWord(process).pointee.store(UInt32(number), ordering: .relaxed)
                unsafe arena.finishedWord(process).pointee.store(UInt32(10 * number), ordering: .relaxed)
                unsafe arena.slot(process).pointee.state.store(UInt32(100 * number), ordering: .relaxed)
                unsafe arena.slot(process).pointee.ownerDeaths.store(UInt64(1000 * number), ordering: .relaxed)
            }
            arena.clearTarget()
            #expect(arena.path == .barger)
            for process in 0...2 {
                let number = process < 2 ? process + 1 : 0
                #expect(unsafe arena.orderWord(process).pointee.load(ordering: .relaxed) == UInt32(number))
                #expect(unsafe arena.finishedWord(process).pointee.load(ordering: .relaxed) == UInt32(10 * number))
                #expect(unsafe arena.slot(process).pointee.state.load(ordering: .relaxed) == UInt32(100 * number))
                #expect(
                    unsafe arena.slot(process).pointee.ownerDeaths.load(ordering: .relaxed) == UInt64(1000 * number))
            }
        }
    }

    @Test func `every order differs from the one before, and keeps its kind`() {
        var order = CrashOrder(word: 0)
        #expect(order.kind == .none)
        for kind in [CrashOrder.Kind.pass, .pass, .hold, .release, .pass] {
            let next = order.next(kind)
            #expect(next != order && next.kind == kind)
            order = next
        }
        #expect(CrashOrder(word: .max).next(.hold).kind == .hold, "the number wraps around")
    }

    @Test(arguments: CrashPath.allCases)
    func `a path is found by its name`(path: CrashPath) {
        #expect(CrashPath(named: path.name) == path)
        #expect(CrashPath(named: path.name + "x") == nil)
    }
}
