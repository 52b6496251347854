import Foundation
@_spi(Bench) import ShmCore
import ShmHarness
import Synchronization
import TestSupport
import Testing

@Suite(.timeLimit(.minutes(10))) struct ArenaTests {
    /// Runs the body with a fresh segment, which is removed in any case.
    private func withSegment(size: Int, _ body: (SharedMemory) throws -> Void) throws {
        let segment = SharedMemory(key: "shm-harness-tests.\(getpid()).\(UInt64.random(in: 0 ... .max))")
        try segment.create(size: size, lock: .noLock)
        defer {
            if segment.isValid { try? segment.detach() }
            try? segment.destroy(mode: .forceNoWait)
        }
        try body(segment)
    }

    @Test(arguments: [1, 2, 7])
    func `a segment that is one byte too small is refused, one that fits is not`(workers: Int) throws {
        let size = Arena.byteCount(workers: workers)
        try withSegment(size: size) { segment in
            try segment.attach()
            #expect(Arena(segment, workers: workers) != nil)
            #expect(Arena(segment, workers: workers + 1) == nil)
        }
        try withSegment(size: size - 1) { segment in
            try segment.attach()
            #expect(Arena(segment, workers: workers) == nil)
        }
    }

    @Test func `a segment that is not attached for writing is refused`() throws {
        try withSegment(size: Arena.byteCount(workers: 1)) { segment in
            #expect(Arena(segment, workers: 1) == nil)
            try segment.attach(mode: .readOnly)
            #expect(Arena(segment, workers: 1) == nil)
        }
    }

    @Test(arguments: [0, -1])
    func `an arena without workers is refused`(workers: Int) throws {
        try withSegment(size: Arena.byteCount(workers: 1)) { segment in
            try segment.attach()
            #expect(Arena(segment, workers: workers) == nil)
        }
    }

    @Test func `plan, phase, slots and histograms do not overlap`() throws {
        let workers = 3
        try withSegment(size: Arena.byteCount(workers: workers)) { segment in
            try segment.attach()
            let arena = try #require(Arena(segment, workers: workers))
            arena.plan = Plan(workers: workers, counters: 5, criticalSectionIterations: .max, thinkIterations: 77)
            arena.enter(.latency)
            for worker in 0..<workers {
                unsafe arena.slot(worker).pointee.sections.store(UInt64(worker + 1), ordering: .relaxed)
                unsafe arena.slot(worker).pointee.longestAcquisition.store(.max, ordering: .relaxed)
                arena.histogram(.acquire, worker).record(UInt64(worker))
                arena.histogram(.acquire, worker).record(.max)
            }
            #expect(arena.plan.workers == 3)
            #expect(arena.plan.counters == 5)
            #expect(arena.plan.criticalSectionIterations == .max)
            #expect(arena.plan.thinkIterations == 77)
            #expect(arena.phase == .latency)
            for worker in 0..<workers {
                #expect(unsafe arena.slot(worker).pointee.sections.load(ordering: .relaxed) == UInt64(worker + 1))
                #expect(unsafe arena.slot(worker).pointee.state.load(ordering: .relaxed) == 0)
                var values: [UInt64] = []
                arena.histogram(.acquire, worker).forEachCell { value, _ in values.append(value) }
                #expect(values.count == 2 && values.first == UInt64(worker))
            }
        }
    }

    @Test func `the barrier opens for all at once, and only when the coordinator leaves the phase`() throws {
        let workers = 3
        try withSegment(size: Arena.byteCount(workers: workers)) { segment in
            try segment.attach()
            let arena = try #require(Arena(segment, workers: workers))
            #expect(arena.awaitArrivals(workers, until: .now) == 0)
            let passed = Atomic<Int>(0)
            // The arena is designed for sharing; the threads are joined below.
            nonisolated(unsafe) let shared = arena
            let threads = (0..<workers).map { _ in
                Thread {
                    unsafe shared.arriveAndWait(while: .gathering)
                    _ = passed.add(1, ordering: .releasing)
                }
            }
            for thread in threads.dropLast() { thread.start() }
            let deadline = Deadline.after(.seconds(20))
            while arena.awaitArrivals(workers, until: .after(.milliseconds(5))) < workers - 1 && !deadline.hasPassed {}
            #expect(arena.awaitArrivals(workers, until: .after(.milliseconds(5))) == workers - 1)
            threads[workers - 1].start()
            #expect(arena.awaitArrivals(workers, until: deadline) == workers)
            #expect(passed.load(ordering: .acquiring) == 0)
            arena.enter(.warmup)
            while passed.load(ordering: .acquiring) < workers && !deadline.hasPassed {
                Thread.sleep(forTimeInterval: 0.001)
            }
            #expect(passed.load(ordering: .acquiring) == workers)
        }
    }

    @Test func `an invalid phase word means stop`() throws {
        try withSegment(size: Arena.byteCount(workers: 1)) { segment in
            try segment.attach()
            let arena = try #require(Arena(segment, workers: 1))
            #expect(arena.phase == .gathering)
            unsafe arena.phaseWord.pointee.store(4_000_000_000, ordering: .relaxed)
            #expect(arena.phase == .stop)
        }
    }

    @Test func `phases are in the order of a round`() {
        let order: [Phase] = [.gathering, .warmup, .throughput, .latency, .stop]
        #expect(order == order.sorted())
        #expect(Set(order.map(\.rawValue)).count == order.count)
    }
}
