internal import Glibc
internal import ShmCoordinator
internal import ShmCore
internal import ShmHarness

// The cost of a thousand workers for the coordinator.
extension MeasuringCost {
    static func thousand(_ report: inout Bars, _ bench: Bench) throws {
        number += 1
        let cell = Cell(.futex, Load(workers: 1_000))
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

    /// CPU time of this process so far, in ns.
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
