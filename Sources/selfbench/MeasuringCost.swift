internal import Glibc
internal import ShmCoordinator
@_spi(Bench) internal import ShmCore
internal import ShmHarness
internal import ShmStatistics

/// Whether the measuring engine's figures are true, and what it costs: planted delays, the latency window, the
/// throughput window against a bare loop, a thousand workers, and the same cell twice.
enum MeasuringCost {
    /// Round numbers that name segments.
    private static var number: Int {
        get { unsafe lastNumber }
        set { unsafe lastNumber = newValue }
    }
    private nonisolated(unsafe) static var lastNumber = 30_000

    static func measure(_ report: inout Report, _ folder: String) throws {
        let clock = ClockCalibration()
        report.note("clock: \(clock.name), \(rounded(clock.cost)) ns a reading, in steps of \(rounded(clock.step)) ns")
        let bench = Bench(folder: folder, clock: clock)
        try plantedSections(&report, bench)
        try plantedLock(&report, bench)
        try windows(&report, bench)
        try twice(&report, bench)
        try thousand(&report, bench)
    }

    /// Runs rounds.
    private struct Bench {
        let folder: String
        let clock: ClockCalibration

        func round(
            _ kind: LockKind, workers: Int = 1, criticalSection: Int = 0, window: Int = 60_000_000,
            dynamic: Bool = false
        ) throws -> RoundResult {
            number += 1
            let program = try WorkerProgram(path: "\(folder)/shmworker\(dynamic ? "-dynamic" : "")")
            let cell = Cell(
                lock: kind, workers: workers, criticalSection: criticalSection, think: 0, counters: 4, pinning: .spread)
            let timing = Timing(
                warmup: 15_000_000, throughput: window, latency: window, order: window, stuckAfter: 20_000_000_000)
            var round = try Round(
                cell, timing, number: number, program: program, delays: Delay.calibrate(),
                clock: clock.clock)
            return try round.run()
        }
    }

    /// What a round says of one acquisition, ns.
    private struct Figures {
        /// In the throughput window.
        let operation: Double
        /// In the latency window.
        let timedOperation: Double
        let hold: Double
        let acquire: Double
        let delay: Double

        init(_ result: RoundResult) throws {
            guard let figures = result.figures, figures.acquisitions > 0 else {
                throw Missing("a round measured nothing")
            }
            operation = figures.duration * 1e9 / Double(figures.acquisitions)
            let timed = figures.histograms[.acquire] ?? []
            timedOperation = figures.latencyDuration * 1e9 / Double(max(1, timed.reduce(0, +)))
            hold = Self.mean(figures.histograms[.hold] ?? [], Arena.Timed.hold.geometry)
            acquire = Self.mean(timed, Arena.Timed.acquire.geometry)
            delay = figures.sectionDelay ?? 0
        }

        /// The mean, each value as the middle of its cell; without the thousandth that is longest, which is what
        /// interrupted the worker.
        private static func mean(_ counts: [UInt64], _ geometry: LatencyHistogram.Geometry) -> Double {
            let total = counts.reduce(0, +)
            var left = total - total / 1000
            var sum = 0.0
            for (index, count) in counts.enumerated() where count > 0 && left > 0 {
                let (low, next) = (geometry.lowestValue(of: index), geometry.lowestValue(of: index + 1))
                sum += Double(min(count, left)) * (Double(low) + Double(next - low - 1) / 2)
                left -= min(count, left)
            }
            return total > 0 ? sum / Double(total - total / 1000) : 0
        }
    }

    /// How far a figure may be from the truth, ns.
    private static func tolerance(_ planted: Double) -> Double { planted >= 1000 ? 0.02 * planted : 5 + 0.05 * planted }

    /// A delay in the critical section: hold time and time per operation grow by it.
    private static func plantedSections(_ report: inout Report, _ bench: Bench) throws {
        for planted in [100, 300, 1_000, 10_000, 100_000] {
            var (holds, operations, delays): ([Double], [Double], [Double]) = ([], [], [])
            for _ in 0..<11 {
                let without = try Figures(try bench.round(.futex))
                let with = try Figures(try bench.round(.futex, criticalSection: planted))
                // The worker timed the very delay that it made, after its windows.
                holds.append(with.hold - without.hold - with.delay)
                operations.append(with.operation - without.operation - with.delay)
                delays.append(with.delay)
            }
            let (delay, bar) = (median(delays) ?? 0, tolerance(Double(planted)))
            report.note("a delay of \(planted) ns in the section was \(rounded(delay)) ns by the worker's own timing")
            report.line("  hold time is off by", abs(median(holds) ?? 0), " ns", atMost: bar)
            report.line("  time per operation is off by", abs(median(operations) ?? 0), " ns", atMost: bar)
        }
    }

    /// The slowed example lock: acquisition and time per operation grow by what it was told to.
    private static func plantedLock(_ report: inout Report, _ bench: Bench) throws {
        let path = ".build/plugins/slow-futex.so"
        guard unsafe access(path, R_OK) == 0 else {
            return report.note("no \(path) here: scripts/build-plugins makes it; its ground truth is left out")
        }
        try LockPlugin.load(path)
        unsafe setenv(PluginVariable.name, path, 1)
        defer { unsafe unsetenv(PluginVariable.name) }
        guard let slow = LockKind.all.first(where: { $0.name == "slow-futex" }) else { throw Missing("no slow-futex") }
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

    /// What each window costs: the latency window over the throughput window, and that over a loop with nothing around it.
    private static func windows(_ report: inout Report, _ bench: Bench) throws {
        for kind in [LockKind.futex, .pthreadMutex, .robustFutex] {
            var (extra, ratios): ([Double], [Double]) = ([], [])
            for _ in 0..<21 {
                // Linked as this program is: a static one calls the C library faster.
                let figures = try Figures(try bench.round(kind, dynamic: true))
                extra.append(figures.timedOperation - figures.operation)
                // A process of its own, as the worker is: where its memory happens to lie matters to both.
                ratios.append(figures.operation / (try bare(kind)))
            }
            report.line(
                "the latency window over the throughput window, \(kind), in pairs of clock readings",
                (median(extra) ?? 0) / (2 * bench.clock.cost), "×", atMost: 1.3)
            report.line(
                "the throughput window over a loop without a harness, \(kind)", median(ratios) ?? 0, "×", atMost: 1.03)
        }
    }

    /// ``BareLoop``'s figure, from a fresh process.
    private static func bare(_ kind: LockKind) throws -> Double {
        let text = try Output.line(of: "'\(ProgramArguments.all[0])' bare \(kind) 4 0")
        guard let figure = Double(text), figure > 0 else { throw Missing("the bare loop printed \(text)") }
        return figure
    }

    /// Prints ``BareLoop``'s figure. What a worker reads from its plan comes from the command line here, so that the
    /// compiler knows as little of it.
    static func printBare(_ arguments: [String]) throws {
        guard let kind = LockKind(named: arguments[0]), let counters = Int(arguments[1]),
            let delay = UInt64(arguments[2])
        else { throw Missing("bare wants a lock, counters and a delay") }
        print(try BareLoop.nanoseconds(kind, counters: counters, delay: delay, clock: ClockCalibration().clock))
    }

    /// The same cell twice, in turn.
    private static func twice(_ report: inout Report, _ bench: Bench) throws {
        for (workers, bar) in [(1, 0.03), (2, 0.10)] {
            var (first, second): ([Double], [Double]) = ([], [])
            for _ in 0..<9 {
                first.append(try Figures(try bench.round(.futex, workers: workers, window: 200_000_000)).operation)
                second.append(try Figures(try bench.round(.futex, workers: workers, window: 200_000_000)).operation)
            }
            let difference = abs((median(first) ?? 0) / (median(second) ?? 1) - 1)
            report.line(
                "the same cell twice, futex, \(workers) worker(s), medians of 9 differ by", difference, "", atMost: bar)
        }
    }

    private static func thousand(_ report: inout Report, _ bench: Bench) throws {
        number += 1
        let cell = Cell(lock: .futex, workers: 1_000, criticalSection: 0, think: 0, counters: 4, pinning: .spread)
        let timing = Timing(
            warmup: 500_000_000, throughput: 3_000_000_000, latency: 300_000_000, order: 300_000_000,
            stuckAfter: 60_000_000_000)
        var round = try Round(
            cell, timing, number: number, program: WorkerProgram(path: "\(bench.folder)/shmworker"),
            delays: Delay.calibrate(), clock: bench.clock.clock)
        var looks: [(time: UInt64, used: UInt64)] = []
        let result = try round.run { look in
            if look.phase == .throughput { looks.append((Clock.now(), used())) }
        }
        guard result.integrity == .ok, let first = looks.first, let last = looks.last, last.time > first.time else {
            throw Missing("1,000 workers failed")
        }
        report.line(
            "1,000 workers: the coordinator's share of a CPU during the window",
            100 * Double(last.used - first.used) / Double(last.time - first.time), "%", atMost: 5)
        report.line("1,000 workers: merging", Double(result.mergeNanoseconds) / 1e9, " s", atMost: 1)
        report.line("1,000 workers: the coordinator's largest resident memory", peakMebibytes(), " MiB", atMost: 200)
    }

    /// CPU time of this process so far, ns.
    private static func used() -> UInt64 {
        var time = timespec()
        unsafe clock_gettime(CLOCK_PROCESS_CPUTIME_ID, &time)
        return UInt64(time.tv_sec) * 1_000_000_000 + UInt64(time.tv_nsec)
    }

    private static func peakMebibytes() -> Double {
        var usage = rusage()
        _ = unsafe getrusage(__rusage_who_t(RUSAGE_SELF.rawValue), &usage)
        return Double(usage.ru_maxrss) / 1024
    }
}
