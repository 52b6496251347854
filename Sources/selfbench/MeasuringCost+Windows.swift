internal import ShmCoordinator
internal import ShmCore
internal import ShmHarness
internal import ShmStatistics

// The cost of measuring, and its repeatability.
extension MeasuringCost {
    /// The cost of the windows: the latency window over the throughput window, and the throughput window over a bare
    /// loop.
    static func windows(_ report: inout Bars, _ bench: Bench) throws {
        for kind in [LockKind.futex, .pthreadMutex, .robustFutex] {
            var (extra, ratios): ([Double], [Double]) = ([], [])
            for _ in 0..<21 {
                // Linked dynamically, as this program is: a static program calls the C library faster.
                let figures = try Figures(try bench.round(kind, dynamic: true))
                extra.append(figures.timedOperation - figures.operation)
                // In a process of its own, as the worker is: the placement of memory affects both.
                ratios.append(figures.operation / (try bare(kind)))
            }
            report.line(
                "the latency window over the throughput window, \(kind), in pairs of clock readings",
                (median(extra) ?? 0) / (2 * bench.clock.cost), "×", atMost: 1.3)
            report.line(
                "the throughput window over a loop without a harness, \(kind)", median(ratios) ?? 0, "×", atMost: 1.03)
        }
    }

    /// The figure of ``BareLoop``, from a fresh process.
    private static func bare(_ kind: LockKind) throws -> Double {
        let text = try Output.line(of: "'\(ProgramArguments.all[0])' bare \(kind) 4 0")
        guard let figure = Double(text), figure > 0 else { throw Missing("the bare loop printed \(text)") }
        return figure
    }

    /// Prints the figure of ``BareLoop``. What a worker reads from its plan comes from the command line here, so that
    /// the compiler cannot specialise the loop for it.
    static func printBare(_ arguments: [String]) throws {
        guard let kind = LockKind(named: arguments[0]), let counters = Int(arguments[1]),
            let delay = UInt64(arguments[2])
        else { throw Missing("bare: expected a lock, a number of counters and a delay") }
        print(try BareLoop.nanoseconds(kind, counters: counters, delay: delay, clock: ClockCalibration().clock))
    }

    /// Measures the same cell twice, by turns.
    static func twice(_ report: inout Bars, _ bench: Bench) throws {
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
}
