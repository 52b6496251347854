internal import Glibc
internal import ShmStatistics

/// The error rates and the power of comparisons: the whole decision, 20,000 times, on synthetic rounds whose truth is
/// known. It has two stages, looks with early stopping, and the threshold, for one hypothesis and for 24, of which at
/// most one has an effect. Half of the comparisons have no threshold, so that only the plan limits their false
/// positives. Equivalence has comparisons of its own (``EquivalenceRates``).
enum ErrorRates {
    private static let seed: UInt64 = 20_260_727
    static let falseAlarmRate = 0.01
    static let threshold = log(1.03)
    private static let (looks, fewest) = (8, 11)
    /// Comparisons of each row: without an effect, without an effect and threshold, and with each effect.
    private static let (same, bare, different) = (600, 1000, 200)

    static func measure(_ report: inout Bars) {
        var random = Random(seed: seed)
        var rows: [Row] = []
        for noise in SyntheticNoise.Kind.allCases {
            for hypotheses in [1, 24] { rows.append(Row(noise, hypotheses, &random)) }
        }
        report.note(
            "seed \(seed); looks at \(plan(1).looks) blocks for one hypothesis, \(plan(24).looks) for 24; Clopper–Pearson limits at 95 % in brackets"
        )
        print(Row.header)
        for row in rows { print(row.markdown) }
        judge(rows, &report)
        EquivalenceRates.measure(&report, &random)
    }

    private static func judge(_ rows: [Row], _ report: inout Bars) {
        /// The largest lower limit of a row, at 95 % for all rows together.
        func worst(_ share: (Row) -> Share) -> Double {
            100 * (rows.map { share($0).limits(1 - 0.05 / Double(rows.count)).low }.max() ?? 0)
        }
        report.note("the worst row's lower limit, at 95 % for all \(rows.count) rows together:")
        report.line("  false positives", worst(\.alarms), " %", atMost: 100 * falseAlarmRate)
        report.line("  false positives without a threshold", worst(\.bareAlarms), " %", atMost: 100 * falseAlarmRate)
        report.line("  false claims next to an effect", worst(\.falseClaims), " %", atMost: 100 * falseAlarmRate)
        report.line("  intervals that miss the truth", worst(\.misses), " %", atMost: 100 * (1 - single.confidence))
        // A decision that never claims anything would pass all of these.
        let unseen = rows.filter { $0.noise == .gaussian }.map { 1 - $0.found[0].value }.max() ?? 1
        report.line("  +5 % not found in noise of 1 %", 100 * unseen, " %", atMost: 1)
    }

    /// The plan of `shmbench compare`.
    static func plan(_ hypotheses: Int) -> ComparisonPlan {
        ComparisonPlan(falseAlarmRate: falseAlarmRate, hypotheses: hypotheses, looks: looks, fewest: fewest)
    }

    /// The interval at a single look, the first one of a plan for one hypothesis, whose coverage is counted.
    private static let single = SignedRankRank(size: plan(1).looks[0], confidence: 0.95)

    /// Successes in trials.
    struct Share {
        var hits = 0
        var trials = 0

        mutating func count(_ hit: Bool) {
            trials += 1
            if hit { hits += 1 }
        }

        var value: Double { Double(hits) / Double(max(1, trials)) }
        func limits(_ confidence: Double) -> ProportionInterval {
            ProportionInterval(hits: hits, of: trials, confidence: confidence)
        }

        /// In percent, with its limits at 95 %.
        var markdown: String {
            let limits = limits(0.95)
            return "\(Self.percent(value)) % (\(Self.percent(limits.low))–\(Self.percent(limits.high)))"
        }

        /// With one decimal; below 10 % with two.
        private static func percent(_ share: Double) -> String {
            let scale = share < 0.1 ? 100.0 : 10
            let number = (100 * share * scale).rounded() / scale
            return number == number.rounded() ? String(Int(number)) : String(number)
        }
    }

    /// The results for one kind of noise and number of hypotheses.
    private struct Row {
        let noise: SyntheticNoise.Kind
        let hypotheses: Int
        var alarms = Share()
        var bareAlarms = Share()
        /// Comparisons with an effect that claimed something else.
        var falseClaims = Share()
        /// Intervals at a single look that do not contain the truth.
        var misses = Share()
        /// For +5 % and +10 %.
        var found = [Share(), Share()]
        /// Without an effect, for +5 % and for +10 %.
        var blocks: [[Double]] = [[], [], []]

        init(_ noise: SyntheticNoise.Kind, _ hypotheses: Int, _ random: inout Random) {
            (self.noise, self.hypotheses) = (noise, hypotheses)
            let judge = Judge(hypotheses: hypotheses)
            for _ in 0..<same {
                let outcome = judge.compare(noise, effect: 0, threshold: threshold, &random)
                alarms.count(!outcome.claims.isEmpty)
                blocks[0].append(Double(outcome.blocks))
                for missed in outcome.missed { misses.count(missed) }
            }
            for _ in 0..<bare {
                bareAlarms.count(!judge.compare(noise, effect: 0, threshold: 0, &random).claims.isEmpty)
            }
            for (index, effect) in [log(1.05), log(1.1)].enumerated() {
                for _ in 0..<different {
                    let outcome = judge.compare(noise, effect: effect, threshold: threshold, &random)
                    found[index].count(outcome.claims[0] == .higher)
                    falseClaims.count(outcome.claims.contains { $0.key != 0 || $0.value != .higher })
                    blocks[index + 1].append(Double(outcome.blocks))
                }
            }
        }

        static let header = """
            | noise | hypotheses | false positives | without threshold | coverage at \(plan(1).looks[0]) blocks | +5 % found \
            | +10 % found | blocks: no effect | +5 % | +10 % |
            |---|---:|---:|---:|---:|---:|---:|---:|---:|---:|
            """

        var markdown: String {
            let coverage = Share(hits: misses.trials - misses.hits, trials: misses.trials)
            let cells =
                [noise.rawValue, String(hypotheses)]
                + ([alarms, bareAlarms, coverage] + found).map(\.markdown) + blocks.map { String(Int(median($0) ?? 0)) }
            return "| " + cells.joined(separator: " | ") + " |"
        }
    }

    /// The decision of a comparison.
    private struct Judge {
        let plan: ComparisonPlan
        /// One for each look.
        let ranks: [SignedRankRank]
        /// For the tests of equivalence at each look; `nil` where a look has none.
        let equivalence: [SignedRankRank?]

        init(hypotheses: Int) {
            let plan = ErrorRates.plan(hypotheses)
            self.plan = plan
            ranks = plan.looks.map { SignedRankRank(size: $0, confidence: plan.confidence) }
            var spending = AlphaSpending(level: plan.equivalenceLevel)
            equivalence = plan.looks.map { look in
                let level = spending.spend(at: plan.fraction(blocks: look, time: 0))
                return level > 0 ? SignedRankRank(size: look, confidence: 1 - 2 * level) : nil
            }
        }

        struct Outcome {
            var claims: [Int: Direction] = [:]
            /// The blocks of both stages.
            var blocks = 0
            /// Whether the interval of each hypothesis at a single look missed the truth.
            var missed: [Bool] = []
        }

        /// One comparison, in which the first hypothesis has the effect.
        func compare(
            _ kind: SyntheticNoise.Kind, effect: Double, threshold: Double, _ random: inout Random
        ) -> Outcome {
            var outcome = Outcome()
            var noises = (0..<plan.hypotheses).map { _ in SyntheticNoise(kind, &random) }
            var values = [[Double]](repeating: [], count: plan.hypotheses)
            var findings = [Direction](repeating: .undecided, count: plan.hypotheses)
            var proved = [Double](repeating: .infinity, count: plan.hypotheses)
            for ((look, rank), equivalence) in zip(zip(plan.looks, ranks), equivalence) {
                for index in findings.indices {
                    while values[index].count < look {
                        values[index].append(noises[index].block(effect: index == 0 ? effect : 0, &random))
                    }
                    if let interval = equivalence.flatMap({ SignedRankInterval(values[index], rank: $0) }) {
                        proved[index] = min(proved[index], max(-interval.low, interval.high))
                    }
                    if let interval = SignedRankInterval(values[index], rank: rank) {
                        findings[index] =
                            difference(
                                estimate: interval.estimate, low: interval.low, high: interval.high,
                                threshold: threshold) ?? (proved[index] <= threshold ? .equivalent : .undecided)
                    }
                    guard look == plan.looks[0],
                        let interval = SignedRankInterval(Array(values[index].prefix(single.size)), rank: single)
                    else { continue }
                    let truth = index == 0 ? effect : 0
                    outcome.missed.append(interval.low > truth || interval.high < truth)
                }
                outcome.blocks = look
                // A regression (more time) ends the comparison.
                if findings.contains(.higher) || !findings.contains(.undecided) { break }
            }
            let candidates = findings.indices.filter { findings[$0] == .higher || findings[$0] == .lower }
            if candidates.isEmpty { return outcome }
            var fresh = [[Double]](repeating: [], count: plan.hypotheses)
            let confirming = ComparisonPlan.confirmationLooks(after: outcome.blocks)
            for look in confirming where outcome.claims.count < candidates.count {
                let rank = SignedRankRank(size: look, confidence: plan.confirmationConfidence)
                for index in candidates {
                    while fresh[index].count < look {
                        fresh[index].append(noises[index].block(effect: index == 0 ? effect : 0, &random))
                    }
                    guard let interval = SignedRankInterval(fresh[index], rank: rank) else { continue }
                    let again = difference(
                        estimate: interval.estimate, low: interval.low, high: interval.high, threshold: threshold)
                    outcome.claims[index] = again == findings[index] ? again : nil
                }
            }
            outcome.blocks += fresh[candidates[0]].count
            return outcome
        }
    }
}
