internal import Glibc
internal import ShmCoordinator
internal import ShmCore
internal import ShmHarness
internal import ShmStatistics

/// Where the variance of a comparison lies: a lock against itself, with two workers, in blocks of fresh rounds; in turns of
/// two fleets, each on memory of its own; and in turns on the same memory.
///
/// Of 20 blocks with 20 pairs each, the table shows the standard deviation of a block's log ratio; what it would be if only
/// the noise of the pairs made blocks differ; and the standard deviation of one pair. A block that varies by more than its
/// pairs explain has a bias of its own, which no number of pairs removes. The last of the deviations is that of the estimate
/// that `compare` uses, which pairs that another program disturbed do not decide.
enum TurnVariance {
    private static let (blocks, pairs, workers) = (20, 20, 2)
    private static let kinds: [LockKind] = [.futex, .robustFutex, .pthreadMutex]

    static func measure(_ report: inout Bars, _ folder: String) throws {
        let program = try WorkerProgram(path: "\(folder)/shmworker")
        var numbers = Numbers()
        print(
            """
            | lock | blocks of | SD of a block | expected of its pairs | SD of a pair | SD of a block's Hodges–Lehmann \
            estimate | time of a block |
            """)
        print("|---|---|---:|---:|---:|---:|---:|")
        for kind in kinds {
            let cell = Cell(kind, Load(workers: workers))
            try show(kind, "four fresh rounds of 20 ms") { try rounds(cell, program, &numbers) }
            for (sharesMemory, name) in [(false, "turns, memory of its own"), (true, "turns, the same memory")] {
                let components = try show(kind, "\(2 * pairs) \(name)") {
                    try turns(cell, program, &numbers, sharesMemory)
                }
                if sharesMemory {
                    report.line(
                        "\(kind): a block's SD over what its pairs explain",
                        components.between / components.expected, "×", atMost: 2)
                }
            }
        }
    }

    /// Numbers that no other part uses.
    private struct Numbers {
        private var last = 90_000
        mutating func next() -> Int {
            last += 2
            return last
        }
    }

    /// The standard deviations, as shares of 1.
    private struct Components {
        /// Of the blocks.
        var between: Double
        /// Of the blocks, if only the pairs' noise made them differ.
        var expected: Double
        /// Of one pair.
        var within: Double
        /// Of the blocks' Hodges–Lehmann estimates.
        var robust: Double

        /// - Parameter samples: the log ratios of each block's pairs.
        init(_ samples: [[Double]]) {
            let variances = samples.map(variance)
            let mean = variances.reduce(0, +) / Double(variances.count)
            within = mean.squareRoot()
            expected = samples.reduce(0) { $0 + mean / Double($1.count) / Double(samples.count) }.squareRoot()
            robust = variance(
                samples.compactMap { SignedRankInterval($0, confidence: 0.5)?.estimate }
            ).squareRoot()
            between = variance(samples.map { $0.reduce(0, +) / Double($0.count) }).squareRoot()
        }
    }

    private static func variance(_ sample: [Double]) -> Double {
        let mean = sample.reduce(0, +) / Double(sample.count)
        return sample.reduce(0) { $0 + ($1 - mean) * ($1 - mean) } / Double(max(1, sample.count - 1))
    }

    @discardableResult
    private static func show(_ kind: LockKind, _ name: String, _ block: () throws -> [Double]) throws -> Components {
        let start = Clock.now()
        let components = Components(try (0..<blocks).map { _ in try block() })
        let time = Double(Clock.now() - start) / 1e6 / Double(blocks)
        func percent(_ share: Double) -> String { "\(Double((share * 1000).rounded()) / 10) %" }
        print(
            "| \(kind) | \(name) | \(percent(components.between)) | \(percent(components.expected)) | "
                + "\(percent(components.within)) | \(percent(components.robust)) | \(Int(time)) ms |")
        return components
    }

    /// A block A B B A, as two pairs.
    private static func rounds(_ cell: Cell, _ program: WorkerProgram, _ numbers: inout Numbers) throws -> [Double] {
        let timing = Timing(
            warmup: 6_666_666, throughput: 20_000_000, latency: 6_666_666, order: 3_333_333, stuckAfter: 5_000_000_000)
        var logs: [Double] = []
        for _ in 0..<4 {
            var round = try Round(
                cell, timing, number: numbers.next(), program: program,
                delays: PauseWatch.undisturbed { Delay.calibrate() })
            guard let figures = try round.run().figures else { throw Missing("\(cell.lock) got stuck") }
            logs.append(log(Double(figures.acquisitions) / figures.duration))
        }
        return [logs[1] - logs[0], logs[2] - logs[3]]
    }

    private static func turns(
        _ cell: Cell, _ program: WorkerProgram, _ numbers: inout Numbers, _ sharesMemory: Bool
    ) throws -> [Double] {
        var timing = TurnTiming(stuckAfter: 5_000_000_000)
        (timing.pairs, timing.latencyPairs, timing.orderPairs) = (pairs, 0, 0)
        let side = TurnBlock.Side(cell, program)
        let block = try TurnBlock(
            (side, side), timing, number: numbers.next(), delays: Delay.calibrate(), seed: .random(in: 0 ... .max),
            sharesMemory: sharesMemory)
        let result = try block.run()
        guard result.standstill == nil, result.sides.allSatisfy({ $0.integrity == .ok }), !result.pairs.isEmpty else {
            throw Missing("a block of \(cell.lock) failed: \(result)")
        }
        func rate(_ turn: Turn) -> Double { Double(turn.acquisitions) / Double(turn.nanoseconds) }
        return result.pairs.map { log(rate($0.other) / rate($0.base)) }
    }
}
