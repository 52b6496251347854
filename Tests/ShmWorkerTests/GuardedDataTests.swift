import Foundation
@_spi(Bench) import ShmCore
import ShmHarness
import Synchronization
import TestSupport
import Testing

@testable import ShmWorker

/// The oracle must accept exclusion and report its absence; a benchmark with a blind oracle proves nothing.
@Suite(.timeLimit(.minutes(10))) struct GuardedDataTests {
    private static let counters = 3
    private let memory = Memory(byteCount: GuardedData.byteCount(counters: counters))
    private var data: GuardedData { unsafe GuardedData(memory.base) }

    // The oracle's evidence.
    private let owner = 0
    private let mirror = 8
    private func counter(_ index: Int) -> Int { 16 + 8 * index }

    init() { data.prepare() }

    private func section(_ worker: UInt32 = 0) -> UInt64 {
        data.section(worker: worker, counters: Self.counters, delay: 0)
    }

    @Test func `consecutive sections show no contradiction and lose nothing`() {
        for turn in 0..<100 { #expect(section(UInt32(turn % 5)) == 0) }
        #expect(data.lostUpdates(expected: 100, counters: Self.counters) == 0)
        #expect(data.ownerNow == nil)
        for index in 0..<Self.counters { #expect(memory.word(counter(index), as: UInt64.self) == 100) }
    }

    @Test func `a worker that is already inside is found on entry`() {
        memory.set(owner, UInt32(7))
        #expect(data.ownerNow == 6)
        #expect(section() != 0)
    }

    @Test func `two workers inside at once are found by running`() {
        let found = Atomic<Bool>(false)
        let deadline = Deadline.after(.seconds(20))
        // The memory outlives the threads, which are awaited below.
        nonisolated(unsafe) let data = self.data
        let threads = (0..<2 as Range<UInt32>).map { worker in
            Thread {
                while !found.load(ordering: .relaxed) && !deadline.hasPassed {
                    let contradictions = unsafe data.section(worker: worker, counters: Self.counters, delay: 20_000)
                    if contradictions > 0 { found.store(true, ordering: .relaxed) }
                }
            }
        }
        for thread in threads { thread.start() }
        while !threads.allSatisfy({ $0.isFinished }) { Thread.sleep(forTimeInterval: 0.001) }
        let wasFound = found.load(ordering: .relaxed)
        #expect(wasFound)
    }

    @Test func `a lost update is found in any counter`() {
        for _ in 0..<10 { _ = section() }
        for index in 0..<Self.counters {
            memory.set(counter(index), UInt64(9))
            #expect(data.lostUpdates(expected: 10, counters: Self.counters) == 1)
            memory.set(counter(index), UInt64(10))
        }
    }

    @Test func `a counter that is too high is as wrong as one that is too low`() {
        for _ in 0..<10 { _ = section() }
        memory.set(counter(0), UInt64(12))
        memory.set(counter(2), UInt64(7))
        #expect(data.lostUpdates(expected: 10, counters: Self.counters) == 5)
    }

    @Test func `a mirror that disagrees with its counter is found`() {
        _ = section()
        memory.set(mirror, memory.word(mirror, as: UInt64.self) ^ 1)
        #expect(section() != 0)
        // The section has updated the mirror: the fault is counted once.
        #expect(section() == 0)
    }

    @Test func `unprepared data are found wrong`() {
        let fresh = Memory(byteCount: GuardedData.byteCount(counters: 1))
        #expect(unsafe GuardedData(fresh.base).section(worker: 0, counters: 1, delay: 0) != 0)
    }

    @Test func `a dead owner's half-written update is repaired`() {
        _ = section()
        let first = memory.word(counter(0), as: UInt64.self)
        memory.set(owner, UInt32(4))
        memory.set(mirror, ~(first + 1))
        data.repair()
        #expect(data.ownerNow == nil)
        #expect(section() == 0)
    }

    @Test func `without a repair the same death is found`() {
        _ = section()
        let first = memory.word(counter(0), as: UInt64.self)
        memory.set(owner, UInt32(4))
        memory.set(mirror, ~(first + 1))
        #expect(section() != 0)
    }

    @Test func `touched lines are aligned, lie behind the counters, and end with the memory`() {
        for counters in 1...20 {
            let size = GuardedData.byteCount(counters: counters, lines: 3)
            let memory = Memory(byteCount: size)
            let data = unsafe GuardedData(memory.base)
            data.prepare()
            let first = unsafe data.lines(counters: counters) - memory.base
            #expect(first >= 16 + counters * 8 && first + 3 * GuardedData.lineSize <= size)
            #expect(Int(bitPattern: unsafe data.lines(counters: counters)) % GuardedData.lineSize == 0)
            for _ in 0..<2 { #expect(data.section(worker: 0, counters: counters, lines: 3, delay: 0) == 0) }
            #expect(data.readSection(counters: counters, lines: 3, delay: 0) == 0)
            for offset in stride(from: first, to: first + 3 * GuardedData.lineSize, by: 8) {
                let isFirst = (offset - first) % GuardedData.lineSize == 0
                #expect(memory.word(offset, as: UInt64.self) == (isFirst ? 2 : 0))
            }
        }
        #expect(GuardedData.byteCount(counters: 3) == 40, "no line takes no memory")
    }

    @Test func `an update of a touched line that is lost, or of another worker, is found`() {
        let memory = Memory(byteCount: GuardedData.byteCount(counters: 1, lines: 2))
        let data = unsafe GuardedData(memory.base)
        data.prepare()
        func section() -> UInt64 { data.section(worker: 0, counters: 1, lines: 2, delay: 0) }
        for _ in 0..<10 { #expect(section() == 0) }
        #expect(data.lostUpdates(expected: 10, counters: 1, lines: 2) == 0)
        for index in 0..<2 {
            let line = unsafe data.line(index, counters: 1)
            unsafe line.pointee.store(9, ordering: .relaxed)
            #expect(data.lostUpdates(expected: 10, counters: 1, lines: 2) == 1)
            #expect(data.readSection(counters: 1, lines: 2, delay: 0) != 0)
            unsafe line.pointee.store(10, ordering: .relaxed)
        }
        unsafe data.line(1, counters: 1).pointee.store(11, ordering: .relaxed)
        #expect(section() != 0)
    }

    @Test func `a section changes only the given number of counters`() {
        #expect(data.section(worker: 0, counters: 1, delay: 0) == 0)
        #expect(memory.word(counter(0), as: UInt64.self) == 1)
        #expect(memory.word(counter(1), as: UInt64.self) == 0)
    }
}
