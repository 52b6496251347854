internal import ShmCoordinator
@_spi(Bench) internal import ShmCore
internal import ShmHarness

/// The accuracy of the measuring engine's figures, and its cost: planted delays, the latency window, the throughput
/// window against a bare loop, a thousand workers, and the same cell twice.
enum MeasuringCost {
    /// The number of the last round; numbers name segments.
    static var number: Int {
        get { unsafe lastNumber }
        set { unsafe lastNumber = newValue }
    }
    private nonisolated(unsafe) static var lastNumber = 30_000

    static func measure(_ report: inout Bars, _ folder: String) throws {
        let clock = ClockCalibration()
        report.note("clock: \(clock.name), \(rounded(clock.cost)) ns a reading, in steps of \(rounded(clock.step)) ns")
        let bench = Bench(folder: folder, clock: clock)
        try plantedSections(&report, bench)
        try plantedLock(&report, bench)
        try windows(&report, bench)
        try twice(&report, bench)
        try thousand(&report, bench)
    }

    /// Runs rounds of one machine and program folder.
    struct Bench {
        let folder: String
        let clock: ClockCalibration

        func round(
            _ kind: LockKind, workers: Int = 1, criticalSection: Int = 0, window: Int = 60_000_000,
            dynamic: Bool = false
        ) throws -> RoundResult {
            number += 1
            let program = try WorkerProgram(path: "\(folder)/shmworker\(dynamic ? "-dynamic" : "")")
            let cell = Cell(kind, Load(workers: workers, criticalSection: criticalSection))
            let timing = Timing(
                warmup: 15_000_000, throughput: window, latency: window, order: window, stuckAfter: 20_000_000_000)
            var round = try Round(
                cell, timing, number: number, program: program, delays: Delay.calibrate(),
                clock: clock.clock)
            return try round.run()
        }
    }
}
