internal import Glibc
@_spi(Bench) internal import ShmCore
internal import ShmHarness
internal import ShmStatistics

/// `SharedMemory.lock()` and `unlock()` against the primitive below, on the same segment, uncontended, by turns: lock,
/// increment a number in the segment, unlock.
///
/// Each sample is a process: the placement of its stack, heap and libraries changes either figure by more than a
/// quarter, for the process's whole life.
enum HandleCost {
    private static let processes = 15

    static func measure(_ report: inout Bars, _ folder: String) throws {
        var samples: [String: [(primitive: Double, handle: Double)]] = [:]
        for _ in 0..<processes {
            for (name, primitive, handle) in try sampleInAnotherProcess(folder) {
                samples[name, default: []].append((primitive, handle))
            }
        }
        for kind in LockKind.all where kind.properties.excludes {
            let found = samples[kind.name] ?? []
            let ratios = found.map { $0.handle / $0.primitive }.sorted()
            guard let ratio = median(ratios), let least = ratios.first, let most = ratios.last else {
                throw Missing("\(kind) gave no samples")
            }
            let (primitive, handle) = (median(found.map(\.primitive)) ?? 0, median(found.map(\.handle)) ?? 0)
            report.note(
                "\(kind): primitive \(rounded(primitive)) ns, handle \(rounded(handle)) ns a lock, increment, unlock; "
                    + "ratio \(rounded(least)) to \(rounded(most)) over \(processes) processes")
            let what = "SharedMemory.lock/unlock over the \(kind) primitive"
            // Not the default kind: its bias is one participant's, and the two here take it from each other.
            if kind == .futex {
                report.line(what, ratio, "×", atMost: 1.10)
            } else {
                // Kinds without a fast path in the handle pay for an indirect call.
                report.note("\(what): \(rounded(ratio))×")
            }
        }
    }

    /// The child process: prints, for each lock, its name, and the time of the primitive and of the handle in ns.
    static func printSample() throws {
        var comparison = Comparison()
        LockCatalogue.visit(&comparison)
        for result in comparison.results {
            let (name, primitive, handle) = try result.get()
            print(name, primitive, handle)
        }
    }

    private static func sampleInAnotherProcess(_ folder: String) throws -> [(String, Double, Double)] {
        let command = "'\(folder)/selfbench' handle-sample"
        let text = try Output.text(of: command)
        return try text.split(separator: "\n").map { line in
            let words = line.split(separator: " ")
            guard words.count == 3, let primitive = Double(words[1]), let handle = Double(words[2]) else {
                throw Missing("\(command) printed \(line)")
            }
            return (String(words[0]), primitive, handle)
        }
    }

    private struct Comparison: LockVisitor {
        var results: [Result<(String, Double, Double), any Error>] = []

        mutating func visit<L: LockPrimitive & ~Copyable>(_: L.Type) {
            // The negative control has no instruction, so no handle can be within a tenth of it.
            guard L.properties.excludes else { return }
            results.append(Result { try compare(L.self) })
        }

        /// Medians over three fresh segments and handles.
        private func compare<L: LockPrimitive & ~Copyable>(_: L.Type) throws -> (String, Double, Double) {
            let samples = try (0..<3).map { _ in try compareOnce(L.self) }
            return (L.properties.name, median(samples.map(\.primitive)) ?? 0, median(samples.map(\.handle)) ?? 0)
        }

        private func compareOnce<L: LockPrimitive & ~Copyable>(_: L.Type) throws -> (primitive: Double, handle: Double)
        {
            let segment = try scratchSegment("handle-\(Clock.now())")
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
            for _ in 0..<21 {
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
