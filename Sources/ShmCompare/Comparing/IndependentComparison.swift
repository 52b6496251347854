internal import Glibc
package import ShmCoordinator
internal import ShmCore
package import ShmRecord
internal import ShmStatistics

/// Compares two sets of rounds that were not measured alternately: of another day, or another machine.
///
/// Absolute times are not comparable between the sets. Ratios to reference primitives are, as far as the machines are alike.
/// There are two references, and the ratio of one to the other shows how well ratios transfer (``Transfer``). If they transfer
/// badly, no ratio is judged. Otherwise a change must be one against both references: the interval is the hull of both
/// intervals, and the estimate is the one that is nearer to no change. Each interval is that of Mann, Whitney and Moses for
/// independent samples (``RankSumInterval``). A reference has only the other one as its reference, and a change may be due to
/// either, so a reference is equivalent or undecided.
///
/// An interval covers the differences between fleets of one session, not those between sessions, in which placement and
/// neighbours differ. So the whole interval must lie beyond the minimum change. This is the threshold, or the ``spread`` of
/// single rounds if that is more, plus the disagreement of the two references, since a third lock may be as far from either
/// as they are from each other.
///
/// Where the base has three or more sittings, on different days or hours, they show by how much sessions differ; if that is
/// less than the spread of single rounds, it takes its place (``sittingSpread``).
///
/// Equivalence is tested as between alternating rounds (``provedMargin(base:candidate:level:)``), at one look and the full
/// level, against each reference; the margin that is proved is the larger of both, plus the disagreement of the references.
/// It holds for noise within a session.
package struct IndependentComparison {
    package let base: RoundIndex
    package let candidate: RoundIndex
    /// Whether figures are ratios to references, or absolute.
    package let usesReferences: Bool
    package let metrics: [Metric]
    package let threshold: (Metric) -> Double
    /// The probability with which a metric that differs by its margin or more is found equivalent.
    package let equivalenceLevel: Double

    package init(
        base: RoundIndex, candidate: RoundIndex, usesReferences: Bool, metrics: [Metric],
        falseAlarms: Double = 0.01, threshold: @escaping (Metric) -> Double
    ) {
        equivalenceLevel = ComparisonPlan(falseAlarmRate: falseAlarms, hypotheses: 1, looks: []).equivalenceLevel
        self.base = base
        self.candidate = candidate
        self.usesReferences = usesReferences
        self.metrics = metrics
        self.threshold = threshold
    }

    /// The share of rounds within the spread, by which sessions may differ.
    private static let ordinary = 0.9

    /// Whether the numbers of rounds suffice for a finding: the probability that two samples of one distribution are disjoint
    /// must not exceed 1 - confidence.
    package static func areEnough(_ base: Int, _ candidate: Int, confidence: Double) -> Bool {
        let (all, drawn) = (base + candidate, min(base, candidate))
        guard drawn > 0 else { return false }
        return 2 / (1...drawn).reduce(1.0) { $0 * Double(all - drawn + $1) / Double($1) } <= 1 - confidence
    }

    /// The smallest sufficient number of rounds on either side.
    package static func enoughRounds(confidence: Double) -> Int {
        (1...10_000).first { areEnough($0, $0, confidence: confidence) } ?? 10_000
    }

    /// Rejects samples that are too small for any finding, so that they do not pass as free of regressions.
    ///
    /// - Throws: ``Failure`` with the code `usage`.
    package func checkSizes(_ cells: [CellID], confidence: Double) throws {
        for cell in cells {
            let (before, after) = (base.records(cell).count, candidate.records(cell).count)
            if Self.areEnough(before, after, confidence: confidence) { continue }
            throw Failure(
                "\(before) and \(after) rounds of \(cell.title) are too few for any difference to be found: expected \(Self.enoughRounds(confidence: confidence)) on either side; measure with more --rounds"
            )
        }
    }

    /// The default minimum change to report, which is larger than for alternating rounds.
    package static func usualThreshold(_ metric: Metric) -> Double { 3 * metric.usualThreshold }

    /// The change of the references' throughput ratio under a load.
    package struct Transfer {
        package let change: Change
        /// Whether the change certainly exceeds ``limit``, so that ratios of other locks do not transfer.
        package let isBad: Bool

        package init(
            change: Change, isBad: Bool
        ) {
            self.change = change
            self.isBad = isBad
        }

        /// Two runs on one machine differ by less; different CPU models often differ by more.
        package static let limit = 0.25
    }

    /// The confidence of each interval, for a family-wise false-positive rate over all cells and metrics.
    package func confidence(_ cells: [CellID], falseAlarms: Double) -> Double {
        let hypotheses = cells.reduce(0) { sum, cell in
            sum + metrics.count { $0.isRatio && !base.logarithms($0, cell, reference: nil).isEmpty }
        }
        return 1 - falseAlarms / Double(max(1, hypotheses))
    }

    /// The confidence of each interval if all metrics of the cells that can be measured are: that of later comparisons with
    /// rounds that are yet to be measured.
    package static func expectedConfidence(
        _ cells: [CellID], metrics: [Metric], hasKills: Bool, falseAlarms: Double
    ) -> Double {
        let hypotheses = cells.reduce(0) { sum, cell in
            let survives = LockKind(named: cell.lock)?.properties.survivesOwnerDeath ?? false
            return sum
                + metrics.count {
                    $0.isRatio && $0.isMeasured(workers: cell.load.workers, kills: hasKills && survives)
                }
        }
        return 1 - falseAlarms / Double(max(1, hypotheses))
    }

    /// The findings on a cell.
    ///
    /// - Parameter confidence: the confidence of each interval.
    package func finding(_ cell: CellID, confidence: Double) -> CellFinding {
        var result = CellFinding(load: cell.load, baseLock: cell.lock, candidateLock: cell.lock, metrics: [])
        let broken = candidate.records(cell).first { !$0.isAsPromised }
        let brokenBase = base.records(cell).first { !$0.isAsPromised }
        let obstacle = brokenReference(of: cell) ?? refusal(cell.load, confidence: confidence)
        result.note =
            broken.map(Self.breach) ?? brokenBase.map { "the base is broken: \(Self.breach($0))" } ?? obstacle
        for metric in metrics {
            var finding = finding(metric, cell, confidence)
            if obstacle != nil && metric.isRatio && finding.word != .missing {
                (finding.word, finding.note) = (.unjudged, nil)
            }
            if metric == .integrity {
                finding.word = broken == nil ? .equivalent : .broken
                finding.base = brokenBase == nil ? 1 : 0
                finding.candidate = broken == nil ? 1 : 0
            } else if broken != nil {
                finding.word = .missing
            }
            if broken == nil && brokenBase != nil { finding.word = .unjudged }
            result.metrics.append(finding)
        }
        return result
    }

    /// The broken promise of a round.
    package static func breach(_ record: Record) -> String {
        if record.number("kill_failures") ?? 0 > 0 {
            return
                "in round \(record.text("round")), a process hung or the data were wrong after \(record.text("kill_failures")) of \(counted(Int(record.text("kills")) ?? 0, "kill")) of an owner"
        }
        return
            "round \(record.text("round")) is \(record.text("integrity")), with \(counted(Int(record.text("lost_updates")) ?? 0, "lost update")) and \(counted(Int(record.text("overlaps")) ?? 0, "overlap"))"
    }

    /// Why ratios to the references cannot be compared: a reference is broken. `nil` if none is.
    private func brokenReference(of cell: CellID) -> String? {
        guard usesReferences else { return nil }
        for name in RoundIndex.references {
            for (side, table) in [("base", base), ("candidate", candidate)] {
                if let record = table.records(CellID(lock: name, load: cell.load)).first(where: { !$0.isAsPromised }) {
                    return "the reference \(name) is broken in the \(side): \(Self.breach(record))"
                }
            }
        }
        return nil
    }

    private func refusal(_ load: Load, confidence: Double) -> String? {
        guard let transfer = transfer(load, confidence: confidence), transfer.isBad else { return nil }
        return
            "ratios do not transfer: \(RoundIndex.references[1]) changed relative to \(RoundIndex.references[0]) by "
            + "\(Percent.change(transfer.change.ratio)) (\(transfer.change.interval)), so the machine differs from the base's, "
            + "or \(RoundIndex.references[1]) itself changed: measure the base again on this machine"
    }

    private func finding(_ metric: Metric, _ cell: CellID, _ confidence: Double) -> MetricFinding {
        let (before, after) = (base.records(cell), candidate.records(cell))
        var result = MetricFinding(
            metric: metric, threshold: threshold(metric), base: median(before.compactMap(metric.value)),
            candidate: median(after.compactMap(metric.value)))
        result.isPaired = false
        if metric == .heap {
            guard let most = before.compactMap(metric.value).max(), let now = result.candidate, let then = result.base
            else {
                Self.noteWhatIsMissing(&result)
                return result
            }
            result.word = now > most * (1 + threshold(.heap)) ? .slower : now < then ? .faster : .equivalent
            return result
        }
        guard metric.isRatio else { return result }
        guard let (change, disagreement) = change(metric, cell, confidence) else {
            Self.noteWhatIsMissing(&result)
            return result
        }
        result.change = change
        let step = (before + after).map(metric.step).max() ?? 0
        let small = max(threshold(metric), result.base.map { $0 > 0 ? step / $0 : 0 } ?? 0)
        result.threshold = expm1(
            max(log1p(small), sessionSpread(metric, cell, confidence)) + disagreement)
        result.margin = small
        result.marginSource = small > threshold(metric) ? .clock : .threshold
        result.proved = proved(metric, cell).map { expm1($0 + disagreement) }
        result.equivalenceLevel = result.proved.map { _ in equivalenceLevel }
        result.detectable = detectable(change, beyond: log1p(result.threshold))
        let (low, high) = (log(change.low), log(change.high))
        if low > log1p(result.threshold) || high < -log1p(result.threshold) {
            result.word = Comparison.isWorse(metric, low > 0 ? .higher : .lower) ? .slower : .faster
            if usesReferences && references(cell).count == 1 {
                result.word = .undecided
                result.note = "the change may be in \(references(cell)[0] ?? ""), the only other reference"
            }
        } else {
            result.word = result.proved.map { $0 <= small } == true ? .equivalent : .undecided
        }
        return result
    }

    /// Sets the verdict on a metric that one side or a reference lacks: it is not equivalent.
    private static func noteWhatIsMissing(_ finding: inout MetricFinding) {
        if finding.base == nil && finding.candidate == nil { return }
        (finding.word, finding.note) = MetricFinding.whatIsMissing(finding, otherwise: "in the references, or 0 there")
    }

    /// The change relative to all references, and their disagreement as a logarithm; `nil` if the metric was not measured on
    /// both sides.
    private func change(_ metric: Metric, _ cell: CellID, _ confidence: Double) -> (Change, disagreement: Double)? {
        let references = references(cell)
        let intervals = references.compactMap { reference in
            RankSumInterval(
                base: base.logarithms(metric, cell, reference: reference),
                candidate: candidate.logarithms(metric, cell, reference: reference), confidence: confidence)
        }
        guard intervals.count == references.count, let first = intervals.first else { return nil }
        let estimates = intervals.map(\.estimate)
        let agree = estimates.allSatisfy { $0 > 0 } || estimates.allSatisfy { $0 < 0 }
        let estimate = agree ? estimates.min { abs($0) < abs($1) } ?? 0 : 0
        let change = Change(
            ratio: exp(estimate), low: exp(intervals.map(\.low).min() ?? first.low),
            high: exp(intervals.map(\.high).max() ?? first.high), confidence: intervals.map(\.confidence).min() ?? 0,
            samples: candidate.records(cell).count)
        return (change, (estimates.max() ?? 0) - (estimates.min() ?? 0))
    }

    /// The smallest margin, as a logarithm, that the rounds prove against each reference; `nil` if they prove none.
    private func proved(_ metric: Metric, _ cell: CellID) -> Double? {
        let margins = references(cell).map { reference in
            provedMargin(
                base: base.logarithms(metric, cell, reference: reference),
                candidate: candidate.logarithms(metric, cell, reference: reference), level: equivalenceLevel)
        }
        let known = margins.compactMap(\.self).filter(\.isFinite)
        return known.count == margins.count ? known.max() : nil
    }

    /// The change, as a share, of which nine of ten comparisons with as much noise would have an interval beyond a limit.
    private func detectable(_ change: Change, beyond limit: Double) -> Double? {
        guard change.low > 0, change.high.isFinite, change.confidence < 1 else { return nil }
        let half = log(change.high / change.low) / 2
        let deviation = half / normalQuantile((1 + change.confidence) / 2)
        return expm1(limit + half + normalQuantile(0.9) * deviation)
    }

    /// The references of a cell; `[nil]` if figures are absolute.
    private func references(_ cell: CellID) -> [String?] {
        usesReferences ? base.references(of: cell).filter(candidate.references(of: cell).contains) : [nil]
    }

    /// By how much another session may differ without a cause, as a logarithm.
    private func sessionSpread(_ metric: Metric, _ cell: CellID, _ confidence: Double) -> Double {
        min(spread(metric, cell), sittingSpread(metric, cell, confidence) ?? .infinity)
    }

    /// The fewest sittings of the base that show by how much sessions differ.
    private static let fewestSittings = 3

    /// By how much the median of one more session differs from the mean of the base's sittings, as a logarithm, with a
    /// confidence; `nil` if the base has too few. It is the prediction interval of normal medians, whose variance is pooled
    /// over the base's cells under the same load, since one cell in a few sittings shows little.
    private func sittingSpread(_ metric: Metric, _ cell: CellID, _ confidence: Double) -> Double? {
        guard usesReferences else { return nil }
        var (squares, freedom) = (0.0, 0)
        for other in base.cells where other.load == cell.load {
            for reference in references(other).prefix(1) {
                let sittings = base.sittings(metric, other, reference: reference)
                guard sittings.count >= Self.fewestSittings else { continue }
                let mean = sittings.reduce(0, +) / Double(sittings.count)
                squares += sittings.reduce(0) { $0 + ($1 - mean) * ($1 - mean) }
                freedom += sittings.count - 1
            }
        }
        let count = base.sittings(metric, cell, reference: references(cell).first ?? nil).count
        guard freedom > 0, count >= Self.fewestSittings else { return nil }
        return studentQuantile(freedom: freedom, confidence: confidence)
            * (squares / Double(freedom) * (1 + 1 / Double(count))).squareRoot()
    }

    /// The spread of single rounds of one side, as a logarithm.
    private func spread(_ metric: Metric, _ cell: CellID) -> Double {
        let spreads = references(cell).flatMap { reference in
            [base, candidate].compactMap { side in
                ShmStatistics.spread(side.logarithms(metric, cell, reference: reference), covering: Self.ordinary)
            }
        }
        return spreads.max() ?? 0
    }

    /// How well ratios transfer under a load; `nil` if figures are absolute or the references were not measured.
    package func transfer(_ load: Load, confidence: Double) -> Transfer? {
        let cell = CellID(lock: RoundIndex.references[1], load: load)
        guard usesReferences, let (change, _) = change(.throughput, cell, confidence) else { return nil }
        let limit = max(log1p(Transfer.limit), spread(.throughput, cell))
        let isShown = log(change.low) > limit || log(change.high) < -limit
        // So large a change makes any other doubtful, also where the rounds scatter too much to show it.
        let isLarge = abs(log(change.ratio)) > 2 * log1p(Transfer.limit)
        return Transfer(change: change, isBad: isShown || isLarge)
    }
}
