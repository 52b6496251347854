internal import Glibc
internal import ShmCoordinator
internal import ShmCore
internal import ShmHarness
internal import ShmStatistics
internal import Synchronization

/// The worker's loop against the same loop in C, by the time per critical section: real workers and forked children by
/// turns.
enum LoopCost {
    /// Two locks, uncontended and contended.
    static func measure(_ report: inout Bars, _ folder: String) throws {
        for kind in [LockKind.futex, .pthreadMutex] {
            for workers in [1, 2] { try compare(kind, workers: workers, rounds: 41, &report, folder) }
        }
    }

    /// Each lock that the C program has, uncontended.
    static func measureLocks(_ report: inout Bars, _ folder: String) throws {
        let kinds: [LockKind] = [
            .tas, .ticket, .mcs, .futex, .pthreadMutex, .pthreadAdaptive, .pthreadRobust, .pthreadPI, .pthreadRobustPI,
            .pthreadRWLock, .pthreadSpin, .posixSem, .sysvSem, .flock,
        ]
        for kind in kinds where kind.obstacle == nil { try compare(kind, workers: 1, rounds: 21, &report, folder) }
    }

    private static func compare(
        _ kind: LockKind, workers: Int, rounds: Int, _ report: inout Bars, _ folder: String
    ) throws {
        let program = try WorkerProgram(path: "\(folder)/shmworker")
        let cell = Cell(kind, Load(workers: workers, pinning: .none))
        let timing = Timing(warmup: 10_000_000, throughput: 50_000_000, latency: 1_000_000, stuckAfter: 5_000_000_000)
        var ours: [Double] = []
        var theirs: [Double] = []
        for _ in 0..<rounds {
            let number = numbers.add(1, ordering: .relaxed).newValue
            var round = try Round(cell, timing, number: number, program: program, delays: Delay.calibrate())
            guard let figures = try round.run().figures else { throw Missing("the worker got stuck") }
            ours.append(figures.duration * 1e9 / Double(figures.acquisitions))
            theirs.append(1e9 / (try baseline(folder, kind, workers)))
        }
        let (our, their) = (median(ours) ?? 0, median(theirs) ?? 1)
        // The median of the pairs' ratios, since other load on the machine varies.
        let ratio = median(zip(ours, theirs).map { $0 / $1 }) ?? 0
        report.note("\(kind), \(workers) worker(s): \(rounded(our)) ns a section, in C \(rounded(their)) ns")
        let what = "the worker's loop over the same loop in C, \(kind), \(workers) worker(s)"
        if workers == 1 {
            report.line(what, ratio, "×", atMost: 1.10)
        } else {
            // A contended figure depends on the machine more than on the loop: it is shown, not judged.
            report.note("\(what): \(rounded(ratio))×")
        }
    }

    /// The number of the last round; numbers name segments.
    private static let numbers = Atomic<Int>(0)

    private static func baseline(_ folder: String, _ kind: LockKind, _ workers: Int) throws -> Double {
        let command = "'\(folder)/cbaseline' \(kind) \(workers) 10 50 4 0 0"
        let text = try Output.line(of: command)
        guard let rate = Double(text), rate > 0 else { throw Missing("\(command) printed \(text.debugDescription)") }
        return rate
    }
}

/// The reason why something cannot be measured.
struct Missing: Error, CustomStringConvertible {
    let description: String
    init(_ description: String) { self.description = description }
}
