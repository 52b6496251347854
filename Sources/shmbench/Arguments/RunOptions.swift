public import ArgumentParser
public import ShmCoordinator
internal import ShmHarness

extension Pinning: ExpressibleByArgument {}

/// What `shmbench run` can be told.
struct RunOptions: ParsableArguments {
    @Option(
        help: ArgumentHelp(
            "Locks to measure: \(LockSelection.help), separated by commas.", valueName: "a,b"))
    var locks = CommaList(["all"])

    @Option(
        parsing: .unconditional,
        help: ArgumentHelp("Numbers of contending processes. (default: 1, 2 and 4 × the CPUs)", valueName: "n,m"))
    var workers: CommaList?

    @Option(
        parsing: .unconditional,
        help: ArgumentHelp(
            "Length of the throughput window; the latency window has a third of it. (default: 300ms, or less where all rounds "
                + "would take longer than about 45 s)", valueName: "time"
        ), transform: TimeSpan.parse)
    var duration: TimeSpan?

    @Option(
        parsing: .unconditional,
        help: ArgumentHelp("Rounds of each cell, a fresh fleet of workers each.", valueName: "n"))
    var rounds = 3

    @Option(
        parsing: .unconditional,
        help: ArgumentHelp(
            "Contending before anything is counted. (default: 50ms, or a third of a shorter window)", valueName: "time"),
        transform: TimeSpan.parse)
    var warmup: TimeSpan?

    @Option(
        parsing: .unconditional,
        help: ArgumentHelp(
            "Busy time inside the critical section, beside the counters. (default: 0)", valueName: "time"),
        transform: TimeSpan.parse)
    var criticalSection = TimeSpan(nanoseconds: 0)

    @Option(
        parsing: .unconditional,
        help: ArgumentHelp("Busy time between a release and the next attempt. (default: 0)", valueName: "time"),
        transform: TimeSpan.parse)
    var think = TimeSpan(nanoseconds: 0)

    @Option(
        parsing: .unconditional, help: ArgumentHelp("Counters incremented in each critical section.", valueName: "n"))
    var counters = 4

    @Option(
        parsing: .unconditional,
        help: ArgumentHelp(
            "How many of a hundred sections only read; locks without a reader side exclude readers, too.",
            valueName: "n"))
    var readPercent = 0

    @Option(help: "Which CPUs workers run on: wherever the scheduler puts them, close together, or far apart.")
    var pin = Pinning.spread

    @Option(
        parsing: .unconditional,
        help: ArgumentHelp("Order of the rounds; the same seed gives the same order. (default: random)", valueName: "n")
    )
    var seed: UInt64?

    @Option(
        parsing: .unconditional,
        help: ArgumentHelp("A round without progress for so long is stuck. (default: 5s)", valueName: "time"),
        transform: TimeSpan.parse)
    var stuckAfter = TimeSpan(nanoseconds: 5_000_000_000)

    @Option(help: "What to print on stdout.")
    var format = OutputFormat.table

    @Option(
        help: ArgumentHelp(
            "File for the results, .csv or .json by its ending. (default: results/run-TIME.csv)", valueName: "file"))
    var output: String?

    @Option(help: ArgumentHelp("The worker program. (default: shmworker beside this program)", valueName: "path"))
    var worker: String?

    /// Refuses what makes no sense, saying what does.
    func check() throws {
        guard (1...10_000).contains(rounds) else { throw usage("--rounds \(rounds) makes no sense: 1 to 10000") }
        guard (1...GuardedData.counterLimit).contains(counters) else {
            throw usage("--counters \(counters) makes no sense: 1 to \(GuardedData.counterLimit)")
        }
        guard (0...100).contains(readPercent) else {
            throw usage("--read-percent \(readPercent) makes no sense: 0 to 100")
        }
        if let duration, duration.nanoseconds < 1_000_000 {
            throw usage(
                "--duration \(duration) is too short to measure anything: 1ms or more, as in `--duration 300ms`")
        }
        guard stuckAfter.nanoseconds >= 100_000_000 else {
            throw usage("--stuck-after \(stuckAfter) is too short: 100ms or more")
        }
        guard criticalSection.nanoseconds + think.nanoseconds < stuckAfter.nanoseconds else {
            throw usage("--critical-section and --think take longer than --stuck-after \(stuckAfter); raise that")
        }
    }

    private func usage(_ message: String) -> Failure { Failure(message, code: .usage) }

    /// A round's timing, where there are so many of them.
    func timing(rounds: Int) -> Timing {
        let window = duration?.nanoseconds ?? Self.window(rounds: rounds)
        return Timing(
            warmup: warmup?.nanoseconds ?? min(50_000_000, window / 3), throughput: window,
            latency: max(window / 3, 1_000_000), stuckAfter: stuckAfter.nanoseconds)
    }

    /// As long as 45 s for all rounds allow, from 20 to 300 ms.
    static func window(rounds: Int) -> Int {
        // Starting and ending a fleet takes about 25 ms; warm-up and latency window take two thirds of the window.
        let each = 45_000_000_000 / max(1, rounds) - 25_000_000
        return min(300_000_000, max(20_000_000, each * 3 / 5))
    }

    /// Every lock with every number of workers.
    func cells() throws -> [Cell] {
        let kinds = try LockSelection.kinds(locks.items)
        let cpus = Machine.current.cpus
        let counts = try workers.map { try WorkerCounts.counts($0.items) } ?? [1, 2, 4 * cpus].uniqued()
        return counts.flatMap { count in
            kinds.map {
                Cell(
                    lock: $0, workers: count, criticalSection: criticalSection.nanoseconds, think: think.nanoseconds,
                    counters: counters, readPercent: readPercent, pinning: pin)
            }
        }
    }
}
