internal import Glibc
@_spi(Bench) internal import ShmCore
internal import ShmHarness
internal import ShmStatistics

// Rounds with delays of a known length.
extension MeasuringCost {
    /// The allowed error of a figure, in ns.
    private static func tolerance(_ planted: Double) -> Double { planted >= 1000 ? 0.02 * planted : 5 + 0.05 * planted }

    /// A delay in the critical section must increase the hold time and the time per operation by its length.
    static func plantedSections(_ report: inout Bars, _ bench: Bench) throws {
        for planted in [100, 300, 1_000, 10_000, 100_000] {
            var (holds, operations, delays): ([Double], [Double], [Double]) = ([], [], [])
            for _ in 0..<11 {
                let without = try Figures(try bench.round(.futex))
                let with = try Figures(try bench.round(.futex, criticalSection: planted))
                // The worker has timed this very delay after its windows.
                holds.append(with.hold - without.hold - with.delay)
                operations.append(with.operation - without.operation - with.delay)
                delays.append(with.delay)
            }
            let (delay, bar) = (median(delays) ?? 0, tolerance(Double(planted)))
            report.note("a delay of \(planted) ns in the section took \(rounded(delay)) ns by the worker's own timing")
            report.line("  hold time is off by", abs(median(holds) ?? 0), " ns", atMost: bar)
            report.line("  time per operation is off by", abs(median(operations) ?? 0), " ns", atMost: bar)
        }
    }

    /// The slowed example lock must increase the acquisition time and the time per operation by its delay.
    static func plantedLock(_ report: inout Bars, _ bench: Bench) throws {
        let path = ".build/plugins/slow-futex.so"
        guard unsafe access(path, R_OK) == 0 else {
            return report.note("no \(path): build it with scripts/build-plugins; its part is left out")
        }
        try LockPlugin.load(path)
        unsafe setenv(PluginVariable.name, path, 1)
        defer { unsafe unsetenv(PluginVariable.name) }
        guard let slow = LockKind.all.first(where: { $0.name == "slow-futex" }) else {
            throw Missing("\(path) has no lock slow-futex")
        }
        for planted in [100, 300, 1_000, 10_000, 100_000] {
            var (acquisitions, operations): ([Double], [Double]) = ([], [])
            for _ in 0..<11 {
                unsafe unsetenv("SHM_SLOW_FUTEX_NS")
                let without = try Figures(try bench.round(slow, dynamic: true))
                unsafe setenv("SHM_SLOW_FUTEX_NS", "\(planted)", 1)
                let with = try Figures(try bench.round(slow, dynamic: true))
                acquisitions.append(with.acquire - without.acquire)
                operations.append(with.operation - without.operation)
            }
            let (acquire, operation) = (median(acquisitions) ?? 0, median(operations) ?? 0)
            let bar = tolerance(Double(planted))
            report.note(
                "a lock slowed by \(planted) ns: latency grew by \(rounded(acquire)), an operation by \(rounded(operation)) ns"
            )
            report.line("  added latency is off by", abs(acquire - Double(planted)), " ns", atMost: bar)
            report.line("  time per operation is off by", abs(operation - Double(planted)), " ns", atMost: bar)
        }
        unsafe unsetenv("SHM_SLOW_FUTEX_NS")
    }
}
