internal import ShmCoordinator
internal import ShmCore
internal import ShmHarness
internal import ShmStatistics

/// The cost of surviving: `robust-futex` against the locks that it must match in speed and fairness. Rounds as in
/// `shmbench run`, with the locks by turns; medians.
enum RobustCost {
    private static let rounds = 15
    private static let kinds: [LockKind] = [.robustFutex, .futex, .pthreadMutex, .pthreadRobust]

    static func measure(_ report: inout Bars, _ folder: String) throws {
        let program = try WorkerProgram(path: "\(folder)/shmworker")
        let speed = Delay.calibrate()
        var number = 50_000
        for (workers, section) in [(1, 0), (2, 0), (8, 0), (2, 200), (8, 200)] {
            var rates: [LockKind: [Double]] = [:]
            var fairness: [LockKind: [Double]] = [:]
            for _ in 0..<rounds {
                for kind in kinds {
                    let cell = Cell(kind, Load(workers: workers, criticalSection: section))
                    let timing = Timing(
                        warmup: 20_000_000, throughput: 100_000_000, latency: 1_000_000, stuckAfter: 10_000_000_000)
                    var round = try Round(
                        cell, timing, number: number, program: program, delays: speed)
                    number += 1
                    guard let figures = try round.run().figures else { throw Missing("\(kind) got stuck") }
                    rates[kind, default: []].append(Double(figures.acquisitions) / figures.duration)
                    let windows = figures.windows.compactMap { jainIndex($0.map { Double($0) }) }
                    fairness[kind, default: []].append(median(windows) ?? 0)
                }
            }
            func rate(_ kind: LockKind) -> Double { median(rates[kind] ?? []) ?? 0 }
            func fair(_ kind: LockKind) -> Double { median(fairness[kind] ?? []) ?? 0 }
            let load = "\(workers) worker(s), sections of \(section) ns"
            for kind in kinds {
                report.note(
                    "\(load): \(kind) \(rounded(rate(kind) / 1e6)) M/s, windowed fairness \(rounded(fair(kind)))")
            }
            let own = rate(.robustFutex)
            if workers == 1 {
                report.line("\(load): robust-futex's time over futex's", rate(.futex) / own, "×", atMost: 1.05)
                report.line(
                    "\(load): robust-futex's time over pthread-robust's", rate(.pthreadRobust) / own, "×", atMost: 0.80)
                continue
            }
            report.line(
                "\(load): pthread-robust's throughput over robust-futex's", rate(.pthreadRobust) / own, "×", atMost: 1)
            report.line(
                "\(load): the better of futex's and pthread-mutex's over robust-futex's",
                max(rate(.futex), rate(.pthreadMutex)) / own, "×", atMost: 1 / 0.95)
            let theirs = min(fair(.futex), fair(.pthreadMutex), fair(.pthreadRobust))
            report.line(
                "\(load): the lowest windowed fairness of the others over robust-futex's", theirs / fair(.robustFutex),
                "×",
                atMost: 1)
        }
    }
}
