internal import ShmCore
internal import ShmHarness
internal import ShmStatistics

/// `SharedMemory.lock()` and `unlock()` against the primitive below, on the same segment, uncontended, in turn: lock,
/// increment a number in the segment, unlock.
enum HandleCost {
    static func measure(_ report: inout Report) throws {
        var comparison = Comparison()
        LockCatalogue.visit(&comparison)
        for result in comparison.results {
            let (name, primitive, handle) = try result.get()
            report.note(
                "\(name): primitive \(rounded(primitive)) ns, handle \(rounded(handle)) ns a lock, increment, unlock")
            report.line("SharedMemory.lock/unlock over the \(name) primitive", handle / primitive, "×", atMost: 1.10)
        }
    }

    private struct Comparison: LockVisitor {
        var results: [Result<(String, Double, Double), any Error>] = []

        mutating func visit<L: LockPrimitive & ~Copyable>(_: L.Type) {
            // The negative control is no instruction at all: nothing can be within a tenth of that.
            guard L.properties.excludes else { return }
            results.append(Result { try compare(L.self) })
        }

        /// Medians over several fresh segments and handles: where their memory happens to lie decides over a tenth.
        private func compare<L: LockPrimitive & ~Copyable>(_: L.Type) throws -> (String, Double, Double) {
            let samples = try (0..<11).map { _ in try compareOnce(L.self) }
            return (L.properties.name, median(samples.map(\.primitive)) ?? 0, median(samples.map(\.handle)) ?? 0)
        }

        private func compareOnce<L: LockPrimitive & ~Copyable>(_: L.Type) throws -> (primitive: Double, handle: Double)
        {
            let segment = SharedMemory(key: "housebench.handle.\(Clock.now())")
            try segment.create(size: 64, lock: LockKind(L.self))
            try segment.attach()
            defer {
                try? segment.detach()
                try? segment.destroy(mode: .forceNoWait)
            }
            guard let number = unsafe segment.mutableData?.baseAddress?.assumingMemoryBound(to: UInt64.self) else {
                throw Missing("the segment is not attached")
            }
            let lock = try segment.participant(in: L.self)
            let turns = L.properties.family == .kernel ? 200 : 20_000
            var primitive: [Double] = []
            var handle: [Double] = []
            for _ in 0..<41 {
                var start = Clock.now()
                for _ in 0..<turns {
                    _ = lock.lock()
                    unsafe number.pointee &+= 1
                    lock.unlock()
                }
                primitive.append(Double(Clock.now() - start) / Double(turns))
                start = Clock.now()
                for _ in 0..<turns {
                    try segment.lock()
                    unsafe number.pointee &+= 1
                    try segment.unlock()
                }
                handle.append(Double(Clock.now() - start) / Double(turns))
            }
            return (median(primitive) ?? 0, median(handle) ?? 0)
        }
    }
}
