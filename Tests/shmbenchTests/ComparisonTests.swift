import ShmCoordinator
import ShmStatistics
import Testing

@testable import ShmCompare
@testable import ShmRecord
@testable import ShmRender
@testable import shmbench

/// Decisions of comparisons on synthetic rounds.
@Suite(.timeLimit(.minutes(10))) struct ComparisonTests {
    /// Compares as the command does; each round takes 50 ms of a simulated clock.
    private func compare(
        _ rounds: SyntheticRounds, workers: [Int] = [1], patience: Double = 60, seed: UInt64 = 1,
        _ change: (inout Comparison.Settings) -> Void = { _ in }
    ) throws -> (findings: Findings, rounds: Int) {
        var rounds = rounds
        var settings = Comparison.Settings(patience: patience, seed: seed)
        change(&settings)
        var comparison = Comparison(
            workers.map { Comparison.Pair(load: load(workers: $0), baseLock: "futex", candidateLock: "futex") },
            settings)
        var count = 0
        try comparison.run(elapsed: { Double(count) / 20 }) { role, pair, round in
            count += 1
            return rounds.next(role, pair, round)
        }
        return (
            Findings(
                base: "a", candidate: "b", cells: comparison.findings, falseAlarms: settings.falseAlarms, startedAt: 0,
                seed: seed), count
        )
    }

    private func word(_ findings: Findings, _ metric: Metric) -> ComparisonVerdict? {
        findings.cells.first?.metrics.first { $0.metric == metric }?.word
    }

    @Test func `a regression is found early`() throws {
        var rounds = SyntheticRounds(seed: 3)
        rounds.slowdown = 0.15
        let (findings, count) = try compare(rounds)
        #expect(word(findings, .throughput) == .slower && findings.cells[0].word == .slower)
        #expect(findings.status(failsUndecided: false) == .regression)
        let change = try #require(findings.cells[0].metrics[0].change)
        #expect(change.low < 1 / 1.15 && 1 / 1.15 < change.high && change.high < 1)
        // Two looks, the control, and two looks at fresh blocks, of four rounds each.
        #expect(count <= (16 + 11 + 16) * 4, "\(count)")
    }

    @Test func `an improvement is not a regression`() throws {
        var rounds = SyntheticRounds(seed: 4)
        rounds.slowdown = -0.1
        let (findings, _) = try compare(rounds)
        #expect(word(findings, .throughput) == .faster && findings.status(failsUndecided: true) == .ok)
        #expect(findings.cells[0].word == .faster)
    }

    @Test func `equal programs are equivalent, even while the machine slows down`() throws {
        var rounds = SyntheticRounds(seed: 5)
        rounds.drift = 0.002
        let (findings, _) = try compare(rounds, workers: [1, 2])
        for cell in findings.cells { #expect(cell.word == .equivalent, "\(cell)") }
        #expect(findings.status(failsUndecided: true) == .ok)
    }

    @Test func `a change is reported only above its threshold`() throws {
        var rounds = SyntheticRounds(seed: 6)
        rounds.slowdown = 0.015
        rounds.noise = 0.002
        #expect(word(try compare(rounds).findings, .throughput) == .equivalent)
        let strict = try compare(rounds) { $0.thresholds = [.throughput: 0.005] }
        #expect(word(strict.findings, .throughput) == .slower && word(strict.findings, .cpu) == .equivalent)
    }

    @Test func `a metric that is too noisy for the time is undecided`() throws {
        var rounds = SyntheticRounds(seed: 7)
        rounds.noise = 0.5
        let (findings, count) = try compare(rounds, patience: 12)
        #expect(word(findings, .throughput) == .undecided)
        #expect(findings.status(failsUndecided: false) == .ok)
        #expect(findings.status(failsUndecided: true) == .undecided)
        // Two thirds of the time, and the block at its end.
        #expect(Double(count) / 20 < 8.5)
    }

    @Test func `with too little time, the note says how many blocks are needed`() throws {
        let (findings, _) = try compare(SyntheticRounds(seed: 8), patience: 1)
        let finding = try #require(findings.cells[0].metrics.first)
        #expect(finding.word == .unjudged && findings.cells[0].note?.contains("--max-time") == true)
        #expect(findings.status == .failed)
    }

    @Test func `a change that fresh rounds do not confirm is not reported`() throws {
        // Slower until the first look, but not afterwards.
        var rounds = SyntheticRounds(seed: 9)
        rounds.noise = 0.005
        var settings = Comparison.Settings(patience: 60, seed: 1)
        settings.metrics = [.throughput]
        var comparison = Comparison(
            [Comparison.Pair(load: load(), baseLock: "futex", candidateLock: "futex")], settings)
        let first = comparison.plan.looks[0]
        let start = comparison
        func run(isHasty: Bool) throws -> CellFinding {
            comparison = start
            var candidates = 0
            // In the last third of the time there is no other look.
            try comparison.run(elapsed: { isHasty && candidates > 2 * first ? 45 : 0 }) { role, pair, round in
                if role == .candidate { candidates += 1 }
                rounds.slowdown = candidates <= 2 * first ? 0.1 : 0
                return rounds.next(role, pair, round)
            }
            return try #require(comparison.findings.first)
        }
        let hasty = try run(isHasty: true)
        let finding = try #require(hasty.metrics.first)
        #expect(finding.word == .undecided && finding.note?.contains("not confirmed") == true)
        #expect(try #require(finding.change).high < 1 && hasty.ending == .time)
        // With time left, it goes on, and does not confirm the metric a second time.
        let patient = try run(isHasty: false)
        #expect(patient.word == .equivalent && patient.ending == nil)
        #expect(comparison.cells[0].blocks.count > first && comparison.cells[0].refuted.keys.contains(.throughput))
    }

    @Test func `undecided metrics say why the comparison ended, and what would decide them`() throws {
        func words(_ ending: Comparison.Ending?) -> String {
            let metric = MetricFinding(
                metric: .p99, threshold: 0.1, base: 1, candidate: 1,
                change: Change(ratio: 1.1, low: 0.8, high: 1.4, confidence: 0.99, samples: 20), word: .undecided)
            let better = MetricFinding(metric: .hold, threshold: 0.05, base: 1, candidate: 0.5, word: .faster)
            var cell = CellFinding(load: load(), baseLock: "futex", candidateLock: "futex", metrics: [metric, better])
            cell.ending = ending
            let findings = Findings(base: "a", candidate: "b", cells: [cell], falseAlarms: 0.01, startedAt: 0)
            return FindingsText.sentences(findings).map(\.text).joined(separator: " ") + FindingsText.verdict(findings)
        }
        #expect(words(.time).contains("use a longer --max-time"))
        #expect(words(.looks).contains("last planned look") && !words(.looks).contains("--max-time"))
        #expect(words(.change).contains("name them alone with --metrics") && !words(.change).contains("--max-time"))
        #expect(words(.time).contains("UNDECIDED: better in hold, and other metrics are undecided, in 1 cell."))
        #expect(!words(.time).contains("neither a change"))
    }

    @Test func `a percentile of too few samples is undecided, not a failure`() throws {
        var rounds = SyntheticRounds(seed: 15)
        rounds.figures = ["acquire_p99_ns": "", "latency_samples": "900"]
        let (findings, _) = try compare(rounds) { $0.metrics = [.p99] }
        #expect(word(findings, .p99) == .undecided)
        #expect(findings.cells[0].metrics[0].note == "needs 1000 samples in a round; use a longer --duration")
    }

    @Test func `if the base differs from itself, nothing is judged`() throws {
        var rounds = SyntheticRounds(seed: 10)
        rounds.accidents = 0
        rounds.controlSlowdown = 0.2
        rounds.slowdown = 0.2
        let (findings, _) = try compare(rounds)
        #expect(findings.cells[0].word == .unjudged && findings.status(failsUndecided: false) == .failed)
        #expect(findings.cells[0].note?.contains("against itself") == true)
    }

    @Test func `a difference of the control that does not recur is ignored`() throws {
        var rounds = SyntheticRounds(seed: 10)
        rounds.accidents = 0
        rounds.controlSlowdown = 0.2
        rounds.slowControls = 2 * Comparison.controlBlocks
        let (findings, count) = try compare(rounds)
        #expect(findings.cells[0].word == .equivalent && findings.status(failsUndecided: true) == .ok)
        // The blocks, the control, and the repeated control.
        #expect(count >= 3 * Comparison.controlBlocks * 4)
        // If the time is over before the control is repeated, the suspicion remains.
        let (hasty, _) = try compare(rounds, patience: Double((3 * Comparison.controlBlocks - 3) * 4) / 20)
        #expect(hasty.cells[0].word == .unjudged)
    }

    @Test func `a broken candidate is an integrity failure at any speed`() throws {
        for figures in [
            ["integrity": "failed", "lost_updates": "7"], ["integrity": "stuck"], ["kill_failures": "1", "kills": "2"],
        ] {
            var rounds = SyntheticRounds(seed: 11)
            rounds.figures = figures
            rounds.slowdown = -0.5
            let (findings, count) = try compare(rounds)
            #expect(findings.cells[0].word == .broken && findings.status(failsUndecided: false) == .integrity)
            #expect(findings.cells[0].note != nil && count <= 12)
        }
    }

    @Test func `a cell with a broken base is not judged`() throws {
        var rounds = SyntheticRounds(seed: 12)
        var comparison = Comparison(
            [Comparison.Pair(load: load(), baseLock: "futex", candidateLock: "futex")], Comparison.Settings())
        try comparison.run(elapsed: { 0 }) { role, pair, round in
            var fields = rounds.next(role, pair, round).fields
            if role == .base { fields["integrity"] = "failed" }
            return Record(fields: fields)
        }
        #expect(comparison.findings[0].word == .unjudged)
        #expect(comparison.findings[0].note?.contains("the base is broken") == true)
    }

    @Test func `any heap byte after 0 is a regression`() throws {
        var rounds = SyntheticRounds(seed: 13)
        rounds.figures = ["heap_bytes_per_op": "0.020"]
        let (findings, _) = try compare(rounds)
        #expect(word(findings, .heap) == .slower && findings.status(failsUndecided: false) == .regression)
        // A few bytes in one round come from elsewhere in the process.
        #expect(word(try compare(SyntheticRounds(seed: 14)).findings, .heap) == .equivalent)
    }

    @Test func `a metric that the candidate lacks is not equivalent`() throws {
        var rounds = SyntheticRounds(seed: 15)
        rounds.figures = ["acquire_p99_ns": ""]
        let (findings, _) = try compare(rounds)
        #expect(word(findings, .p99) == .unjudged && findings.status == .failed)
    }

    @Test func `a difference of one clock step is not reported`() throws {
        var rounds = SyntheticRounds(seed: 16)
        (rounds.noise, rounds.accidents) = (0, 0)
        rounds.figures = ["acquire_p50_ns": "209", "clock_step_ns": "10"]
        let (findings, _) = try compare(rounds) { $0.metrics = [.p50] }
        #expect(word(findings, .p50) == .equivalent)
        rounds.figures["acquire_p50_ns"] = "240"
        #expect(word(try compare(rounds) { $0.metrics = [.p50] }.findings, .p50) == .slower)
    }

    /// The order of blocks is random: base and candidate go first about as often, and each block has two of each.
    @Test func `blocks are ABBA or BAAB at random`() throws {
        var rounds = SyntheticRounds(seed: 17)
        var roles: [Comparison.Role] = []
        var comparison = Comparison(
            [Comparison.Pair(load: load(), baseLock: "futex", candidateLock: "futex")],
            Comparison.Settings(metrics: [.throughput], seed: 99))
        try comparison.run(elapsed: { roles.count > 1600 ? 1000 : 0 }) { role, pair, round in
            roles.append(role)
            rounds.noise = 0.5
            return rounds.next(role, pair, round)
        }
        let blocks = stride(from: 0, to: roles.count, by: 4).map { Array(roles[$0..<$0 + 4]) }
        for block in blocks {
            #expect(block[0] == block[3] && block[1] == block[2] && block[0] != block[1] && block.contains(.base))
        }
        let first = blocks.count { $0[0] == .base }
        // Five standard deviations.
        let half = Double(blocks.count) / 2
        #expect(abs(Double(first) - half) < 5 * (Double(blocks.count) / 4).squareRoot(), "\(first) of \(blocks.count)")
        #expect(blocks.count { $0.contains(.control) } == Comparison.controlBlocks)
    }
}
