@_spi(Bench) internal import ShmCore
internal import ShmHarness
internal import ShmWorker

/// Lock, the worker's critical section, unlock, ten million times, with no harness around it.
enum BareLoop {
    static func nanoseconds(_ kind: LockKind, counters: Int, delay: UInt64, clock: TickClock) throws -> Double {
        let segment = try scratchSegment("bare-\(Clock.now())")
        try segment.create(size: GuardedData.byteCount(counters: counters), lock: kind)
        defer { try? segment.destroy(mode: .forceNoWait) }
        try segment.attach()
        defer { try? segment.detach() }
        guard let data = unsafe segment.mutableData?.baseAddress else { throw Missing("the segment is not attached") }
        var visitor = Visitor(
            segment: segment, data: unsafe GuardedData(data), counters: counters, delay: delay, clock: clock)
        LockCatalogue.visit(&visitor)
        return try visitor.result.get()
    }

    @safe private struct Visitor: LockVisitor {
        let segment: SharedMemory
        let data: GuardedData
        let counters: Int
        let delay: UInt64
        let clock: TickClock
        var result: Result<Double, any Error> = .failure(Missing("there is no such lock"))

        mutating func visit<L: LockPrimitive & ~Copyable>(_: L.Type) {
            guard segment.lockKind?.name == L.properties.name else { return }
            do {
                data.prepare()
                result = .success(run(try segment.participant(in: L.self)))
            } catch {
                result = .failure(error)
            }
        }

        @inline(never)
        private func run<L: LockPrimitive & ~Copyable>(_ lock: borrowing L) -> Double {
            var contradiction: UInt64 = 0
            let (data, counters, delay, repetitions) = (data, counters, delay, 10_000_000)
            // Only the second pass counts.
            var passed: UInt64 = 0
            for _ in 0..<2 {
                let start = clock.now()
                var left = repetitions
                while left > 0 {
                    _ = lock.lock()
                    contradiction |= data.sectionAsCall(worker: 0, counters: counters, delay: delay)
                    lock.unlock()
                    left &-= 1
                }
                passed = clock.nanoseconds(clock.now() &- start)
            }
            return contradiction == 0 ? Double(passed) / Double(repetitions) : .infinity
        }
    }
}
