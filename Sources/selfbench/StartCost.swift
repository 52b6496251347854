internal import Glibc
internal import ShmCoordinator
internal import ShmCore
internal import ShmHarness
internal import ShmStatistics
internal import SystemPackage

/// The cost of starting workers, compared with starting as many `/bin/true` in the same run, and the memory of a
/// worker.
enum StartCost {
    static func measure(_ report: inout Bars, _ folder: String) throws {
        let program = try WorkerProgram(path: "\(folder)/shmworker")
        let workers = 64
        var ours: [Double] = []
        var theirs: [Double] = []
        var resident: UInt64 = 0
        for turn in 0..<21 {
            let (startup, kilobytes) = try start(workers, program, number: 10_000 + turn)
            ours.append(startup)
            resident = max(resident, kilobytes)
            theirs.append(try startTrue(workers))
        }
        let (our, their) = (median(ours) ?? 0, median(theirs) ?? 1)
        report.note(
            "\(workers) workers to the barrier: \(rounded(our)) ms; \(workers) × /bin/true: \(rounded(their)) ms; medians of 21"
        )
        report.line("starting \(workers) workers over starting \(workers) × /bin/true", our / their, "×", atMost: 2)
        report.line("a worker's resident memory", Double(resident) / 1024, " MiB", atMost: 8)

        let (thousand, _) = try start(1_000, program, number: 20_000)
        report.note("1,000 workers to the barrier, and through a round: \(rounded(thousand)) ms")
    }

    /// Milliseconds from the first spawn until all workers were at the barrier, and the resident set of the largest in
    /// KiB.
    private static func start(_ workers: Int, _ program: WorkerProgram, number: Int) throws -> (Double, UInt64) {
        let cell = Cell(.futex, Load(workers: workers, pinning: .none))
        let timing = Timing(warmup: 1_000_000, throughput: 20_000_000, latency: 5_000_000, stuckAfter: 20_000_000_000)
        var round = try Round(cell, timing, number: number, program: program, delays: Delay.calibrate())
        let result = try round.run()
        guard let figures = result.figures, result.integrity == .ok else { throw Missing("\(workers) workers failed") }
        return (Double(result.startupNanoseconds) / 1e6, figures.residentKilobytes)
    }

    private static func startTrue(_ count: Int) throws -> Double {
        let start = Clock.now()
        let children = try (0..<count).map { _ in try ChildProcess("/bin/true", []) }
        for child in children { child.awaitExit() }
        return Double(Clock.now() - start) / 1e6
    }
}
