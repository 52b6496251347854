internal import Glibc
internal import ShmStatistics

/// How often comparisons find equals equivalent, and how often something that differs by its margin: with one hypothesis and
/// with 24, in the time that a comparison has by default, which is over after ``blocks`` blocks. Also with margins that
/// follow from the noise of the base, and by the rule that these tests replaced: the intervals of changes.
enum EquivalenceRates {
    /// Comparisons of each row: of equals, and of a difference that is the margin.
    private static let (same, atMargin) = (400, 1000)
    /// What two workers reach in two thirds of 30 s, besides the control.
    private static let blocks = 62
    private static let margin = ErrorRates.threshold
    /// A difference that is not within the margin.
    private static let larger = log(1.08)
    /// Blocks of the control.
    private static let control = 11

    static func measure(_ report: inout Bars, _ random: inout Random) {
        var rows: [Row] = []
        for noise in SyntheticNoise.Kind.allCases {
            for hypotheses in [1, 24] { rows.append(Row(noise, hypotheses, &random)) }
        }
        report.note("equivalence in at most \(blocks) blocks; the levels of the looks add up to 10 %:")
        print(Row.header)
        for row in rows { print(row.markdown) }
        func worst(_ share: (Row) -> ErrorRates.Share) -> Double {
            100 * (rows.map { share($0).limits(1 - 0.05 / Double(rows.count)).low }.max() ?? 0)
        }
        report.note("the worst row's lower limit, at 95 % for all \(rows.count) rows together:")
        let level = 100 * ErrorRates.plan(1).equivalenceLevel
        report.line("  a difference of the margin, found equivalent", worst(\.wrong), " %", atMost: level)
        report.line("  a difference beyond the margin that is proved", worst(\.exceeded), " %", atMost: level)
        report.line(
            "  a difference of a margin from noise, found equivalent", worst(\.wrongByNoise), " %", atMost: level)
        // A test that never finds anything would pass all of these.
        let missed = rows.filter { $0.noise == .gaussian }.map { 1 - $0.found.value }.max() ?? 1
        report.line("  equals not found equivalent in noise of 1 %", 100 * missed, " %", atMost: 1)
    }

    /// The margins that a comparison proves.
    private struct Outcome {
        var proved: [Double]
        var margins: [Double]
        /// The blocks until all are within their margins; `nil` if they never are.
        var blocks: Int?
        /// Whether the intervals of changes were within the margins at a look.
        var isFoundByInterval = false
    }

    /// The ranks of the looks.
    private struct Judge {
        let hypotheses: Int
        let looks: [(blocks: Int, ofChange: SignedRankRank, ofMargin: SignedRankRank?)]
        private let ofNoise = SignedRankRank(size: control, confidence: 0.9)

        init(hypotheses: Int) {
            self.hypotheses = hypotheses
            let plan = ErrorRates.plan(hypotheses)
            var spending = AlphaSpending(level: plan.equivalenceLevel)
            looks = (plan.looks.filter { $0 < blocks } + [blocks]).map { look in
                let time = Double(look + control) / Double(blocks + control)
                let level = spending.spend(at: plan.fraction(blocks: look, time: time))
                return (
                    look, SignedRankRank(size: look, confidence: plan.confidence),
                    level > 0 ? SignedRankRank(size: look, confidence: 1 - 2 * level) : nil
                )
            }
        }

        /// One comparison, in which the first hypothesis has an effect.
        ///
        /// - Parameters:
        ///   - effect: `nil` is the margin.
        ///   - adapts: whether margins follow from noise.
        func compare(_ kind: SyntheticNoise.Kind, effect: Double?, adapts: Bool = false, _ random: inout Random)
            -> Outcome
        {
            var noises = (0..<hypotheses).map { _ in SyntheticNoise(kind, &random) }
            var outcome = Outcome(
                proved: .init(repeating: .infinity, count: hypotheses),
                margins: noises.indices.map { adapts ? adapted(&noises[$0], &random) : margin })
            let effect = effect ?? outcome.margins[0]
            var values = [[Double]](repeating: [], count: hypotheses)
            for look in looks where outcome.blocks == nil || !outcome.isFoundByInterval {
                var byInterval = 0.0
                for index in values.indices {
                    while values[index].count < look.blocks {
                        values[index].append(noises[index].block(effect: index == 0 ? effect : 0, &random))
                    }
                    if !outcome.isFoundByInterval {
                        byInterval = max(byInterval, Self.bound(values[index], look.ofChange) ?? .infinity)
                    }
                    // The test is over.
                    if outcome.blocks != nil { continue }
                    if let bound = look.ofMargin.flatMap({ Self.bound(values[index], $0) }) {
                        outcome.proved[index] = min(outcome.proved[index], bound)
                    }
                }
                outcome.isFoundByInterval = outcome.isFoundByInterval || byInterval <= margin
                if outcome.blocks == nil && zip(outcome.proved, outcome.margins).allSatisfy(<=) {
                    outcome.blocks = look.blocks
                }
            }
            return outcome
        }

        private static func bound(_ values: [Double], _ rank: SignedRankRank) -> Double? {
            SignedRankInterval(values, rank: rank).map { max(-$0.low, $0.high) }
        }

        /// A margin from the noise of control blocks, without a cap, as `EquivalenceMargin` of comparisons has it.
        private func adapted(_ noise: inout SyntheticNoise, _ random: inout Random) -> Double {
            var sample = [Double]()
            for _ in 0..<control { sample.append(noise.block(effect: 0, &random)) }
            guard let interval = SignedRankInterval(sample, rank: ofNoise) else { return margin }
            let half = (interval.high - interval.low) / 2 * (Double(control) / Double(blocks)).squareRoot()
            return max(margin, half / normalQuantile(0.95) * (normalQuantile(0.95) + normalQuantile(0.975)))
        }
    }

    /// The results for one kind of noise and number of hypotheses.
    private struct Row {
        let noise: SyntheticNoise.Kind
        let hypotheses: Int
        /// Equals of which all hypotheses were found equivalent, now and by the intervals of changes.
        var found = ErrorRates.Share()
        var foundByInterval = ErrorRates.Share()
        var foundByNoise = ErrorRates.Share()
        /// Differences of the margin that were found equivalent.
        var wrong = ErrorRates.Share()
        var wrongByNoise = ErrorRates.Share()
        /// Differences beyond the margin that was proved at the end.
        var exceeded = ErrorRates.Share()
        var blocks: [Double] = []
        var proved: [Double] = []

        init(_ noise: SyntheticNoise.Kind, _ hypotheses: Int, _ random: inout Random) {
            (self.noise, self.hypotheses) = (noise, hypotheses)
            let judge = Judge(hypotheses: hypotheses)
            for _ in 0..<same {
                let outcome = judge.compare(noise, effect: 0, &random)
                found.count(outcome.blocks != nil)
                foundByInterval.count(outcome.isFoundByInterval)
                blocks.append(Double(outcome.blocks ?? EquivalenceRates.blocks))
                proved.append(outcome.proved.max() ?? 0)
                foundByNoise.count(judge.compare(noise, effect: 0, adapts: true, &random).blocks != nil)
            }
            // The other hypotheses make no difference to the first.
            let single = Judge(hypotheses: 1)
            for _ in 0..<atMargin {
                wrong.count(single.compare(noise, effect: nil, &random).blocks != nil)
                exceeded.count(single.compare(noise, effect: larger, &random).proved[0] < larger)
                wrongByNoise.count(single.compare(noise, effect: nil, adapts: true, &random).blocks != nil)
            }
        }

        static let header = """
            | noise | hypotheses | equals found equivalent | before | with margins from noise | blocks | margin proved \
            | at the margin, found equivalent | at a margin from noise |
            |---|---:|---:|---:|---:|---:|---:|---:|---:|
            """

        var markdown: String {
            let shares = [found, foundByInterval, foundByNoise].map(\.markdown)
            let margin = expm1(median(proved) ?? 0)
            return "| \(noise.rawValue) | \(hypotheses) | " + shares.joined(separator: " | ")
                + " | \(Int(median(blocks) ?? 0)) | \((1000 * margin).rounded() / 10) % | \(wrong.markdown) | \(wrongByNoise.markdown) |"
        }
    }
}
