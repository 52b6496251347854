internal import Glibc
internal import ShmCoordinator
internal import ShmRecord
package import ShmStatistics

// Decisions on blocks, and findings.
extension Comparison {
    /// Whether a direction is a change for the worse.
    package static func isWorse(_ metric: Metric, _ finding: Direction) -> Bool {
        finding == (metric.isBetterWhenMore ? .lower : .higher)
    }

    /// The decision of a cell's blocks on a metric; `nil` if it was not measured.
    func decision(_ metric: Metric, _ cell: Cell) -> Direction? {
        if metric == .heap { return heap(cell.blocks) }
        guard interval(metric, cell.blocks, confidence: plan.confidence) != nil else { return nil }
        if let found = difference(metric, cell.blocks, confidence: plan.confidence) { return found }
        return cell.proved[metric].map { $0 <= logMargin(metric, cell) } == true ? .equivalent : .undecided
    }

    /// The direction in which blocks differ; `nil` if they do not, or the metric was not measured.
    func difference(_ metric: Metric, _ blocks: [Block], confidence: Double) -> Direction? {
        if metric == .heap { return heap(blocks) }
        guard let interval = interval(metric, blocks, confidence: confidence) else { return nil }
        return ShmStatistics.difference(
            estimate: interval.estimate, low: interval.low, high: interval.high,
            threshold: logThreshold(metric, blocks))
    }

    private func interval(_ metric: Metric, _ blocks: [Block], confidence: Double) -> SignedRankInterval? {
        ratios(metric, blocks).flatMap { SignedRankInterval($0, confidence: confidence) }
    }

    /// The logarithms of a metric's ratios. A metric that fewer than half of the blocks have does not represent the others.
    private func ratios(_ metric: Metric, _ blocks: [Block]) -> [Double]? {
        let ratios = blocks.compactMap { $0.logRatio(metric) }
        return ratios.count * 2 > blocks.count ? ratios : nil
    }

    /// The smallest margin, as a logarithm, that the looks so far and this one prove; `nil` if none does.
    ///
    /// - Parameter level: the error rate of each one-sided test of this look.
    func provedMargin(_ metric: Metric, _ cell: Cell, level: Double) -> Double? {
        guard metric.isRatio, level > 0,
            let proved = ratios(metric, cell.blocks).flatMap({ ShmStatistics.provedMargin($0, level: level) }),
            proved.isFinite
        else { return cell.proved[metric] }
        return min(proved, cell.proved[metric] ?? .infinity)
    }

    /// The margins that follow from the noise of the base against itself.
    ///
    /// - Parameter time: the part of the time for judging that is over.
    func margins(_ cell: Cell, time: Double) -> [Metric: EquivalenceMargin] {
        let count = cell.blocks.count
        // The first blocks took the time of twice as many, because of the control.
        let later = time > 0 ? Double(count + cell.control.count) * (1 / time - 1) : .infinity
        let expected = Int(min(Double(plan.looks.last ?? count), Double(count) + later))
        let pairs = settings.metrics.filter(\.isRatio).map { metric in
            (
                metric,
                EquivalenceMargin(
                    metric, threshold: settings.threshold(metric), control: ratios(metric, cell.control) ?? [],
                    blocks: expected, level: plan.equivalenceLevel)
            )
        }
        return Dictionary(uniqueKeysWithValues: pairs)
    }

    /// The minimum change to report, as a logarithm: the threshold, or one step of the clock if that is more.
    private func logThreshold(_ metric: Metric, _ blocks: [Block]) -> Double {
        log1p(max(settings.threshold(metric), clockStep(metric, blocks)))
    }

    /// The margin of equivalence, as a logarithm: not less than one step of the clock.
    private func logMargin(_ metric: Metric, _ cell: Cell) -> Double {
        max(log1p(cell.margins[metric]?.share ?? 0), logThreshold(metric, cell.blocks))
    }

    /// One step of the clock as a share of the base's median; 0 for metrics that are not timed.
    private func clockStep(_ metric: Metric, _ blocks: [Block]) -> Double {
        let rounds = blocks.flatMap(\.base)
        let step = rounds.map(metric.step).max() ?? 0
        return median(rounds.compactMap(metric.value)).map { $0 > 0 ? step / $0 : 0 } ?? 0
    }

    /// Heap bytes are counted exactly, so a median above the maximum of the base is a rise.
    private func heap(_ blocks: [Block]) -> Direction? {
        let base = blocks.flatMap(\.base).compactMap(Metric.heap.value)
        let other = blocks.flatMap(\.other).compactMap(Metric.heap.value)
        guard let most = base.max(), let middle = median(other), let before = median(base) else { return nil }
        let scale = 1 + settings.threshold(.heap)
        if middle > most * scale { return .higher }
        return (other.max() ?? 0) * scale < (base.min() ?? 0) && middle < before ? .lower : .equivalent
    }

    // MARK: Results

    /// The findings, one per cell.
    package var findings: [CellFinding] { cells.map(finding) }

    private func finding(_ cell: Cell) -> CellFinding {
        // Only the measured rounds have the name of a plugin's lock.
        let first = cell.blocks.first
        var result = CellFinding(
            load: cell.pair.load, baseLock: first?.base.first?.lock ?? cell.pair.baseLock,
            candidateLock: first?.other.first?.lock ?? cell.pair.candidateLock, metrics: [])
        if let breach = cell.breach {
            result.note = cell.baseBreach == nil ? breach : breach + "; so does the base"
        } else {
            result.note =
                cell.baseBreach.map { "the base is broken: \($0)" } ?? controlFailure(cell) ?? tooFewBlocks(cell)
        }
        result.ending = cell.ending
        for metric in settings.metrics {
            var finding = self.finding(cell, metric)
            if cell.breach == nil && result.note != nil { finding.word = .unjudged }
            result.metrics.append(finding)
        }
        return result
    }

    private func finding(_ cell: Cell, _ metric: Metric) -> MetricFinding {
        let blocks = cell.blocks + cell.fresh
        var result = MetricFinding(
            metric: metric,
            threshold: metric.isRatio && !cell.blocks.isEmpty
                ? expm1(logThreshold(metric, cell.blocks)) : settings.threshold(metric),
            base: median(blocks.flatMap(\.base).compactMap(metric.value)),
            candidate: median(blocks.flatMap(\.other).compactMap(metric.value)))
        if metric == .integrity {
            result.word = cell.breach == nil ? .equivalent : .broken
            result.candidate = cell.breach == nil ? 1 : 0
            return result
        }
        if cell.isBroken { return result }
        if metric.isRatio {
            setMargin(&result, cell)
            result.change = interval(metric, cell.blocks, confidence: plan.confidence).map {
                Change($0, samples: cell.blocks.count)
            }
            result.fresh = interval(metric, cell.fresh, confidence: plan.confirmationConfidence).map {
                Change($0, samples: cell.fresh.count)
            }
            result.blocks = cell.blocks.compactMap { $0.logRatio(metric).map { exp($0) } }
            result.freshBlocks = cell.fresh.compactMap { $0.logRatio(metric).map { exp($0) } }
        }
        guard let found = cell.found[metric] else {
            // The note of the cell says why no metric of it is judged.
            let rounds = blocks.flatMap { $0.base + $0.other }
            let isKnown = result.base != nil || result.candidate != nil || rounds.contains(where: metric.lacksSamples)
            if tooFewBlocks(cell) == nil, isKnown {
                (result.word, result.note) = MetricFinding.whatIsMissing(
                    result, rounds: rounds,
                    otherwise: "as more than 0 in at least half of the blocks")
            }
            return result
        }
        switch found {
        case .equivalent: result.word = .equivalent
        case .undecided:
            result.word = .undecided
            result.note = cell.refuted[metric].map(Self.unconfirmed)
        case .higher, .lower:
            if isConfirmed(cell, metric) {
                result.word = Self.isWorse(metric, found) ? .slower : .faster
            } else {
                result.word = .undecided
                result.note = Self.unconfirmed(cell.fresh.count)
            }
        }
        return result
    }

    /// Sets the margin of equivalence, and what was proved.
    private func setMargin(_ finding: inout MetricFinding, _ cell: Cell) {
        let metric = finding.metric
        guard !cell.blocks.isEmpty else { return }
        let margin = expm1(logMargin(metric, cell))
        finding.margin = margin
        finding.marginSource =
            clockStep(metric, cell.blocks) >= margin * (1 - 1e-9) ? .clock : cell.margins[metric]?.source ?? .threshold
        finding.proved = cell.proved[metric].map(expm1)
        finding.equivalenceLevel = finding.proved.map { _ in plan.equivalenceLevel }
    }

    private static func unconfirmed(_ blocks: Int) -> String { "not confirmed by \(blocks) fresh blocks" }

    /// Whether fresh blocks confirm all changes that were found.
    package func isConfirmed(_ cell: Cell) -> Bool {
        cell.found.allSatisfy { metric, found in
            found == .equivalent || found == .undecided || isConfirmed(cell, metric)
        }
    }

    package func isConfirmed(_ cell: Cell, _ metric: Metric) -> Bool {
        difference(metric, cell.fresh, confidence: plan.confirmationConfidence) == cell.found[metric]
    }

    /// Why the cell cannot be judged, if the time was over before the first look; `nil` otherwise.
    private func tooFewBlocks(_ cell: Cell) -> String? {
        guard cell.stage == .done, cell.blocks.count < plan.looks[0] else { return nil }
        let count = cell.blocks.count
        return
            "\(counted(count, "block")): expected at least \(plan.looks[0]); use a longer --max-time"
    }

    /// Why the cell cannot be judged, if the base differs from itself and no second set of blocks refutes it; `nil` otherwise.
    package func controlFailure(_ cell: Cell) -> String? {
        if cell.suspects.isEmpty { return nil }
        let again = cell.needsControl ? cell.suspects : differences(cell.control.suffix(Self.controlBlocks))
        guard let metric = settings.metrics.first(where: { again[$0] != nil && again[$0] == cell.suspects[$0] }),
            let interval = interval(metric, cell.control, confidence: Self.controlConfidence)
        else { return nil }
        return
            "the base against itself: \(metric.name) differs by \(Percent.change(exp(interval.estimate))) (\(Percent.change(exp(interval.low))) to \(Percent.change(exp(interval.high)))); "
            + "something other than the candidate changes the figures: see `shmbench doctor`, and compare again"
    }

    /// The metrics in which the base differs from itself, by control blocks.
    package func differences(_ blocks: ArraySlice<Block>) -> [Metric: Direction] {
        let blocks = Array(blocks)
        let pairs = settings.metrics.filter(\.isRatio).compactMap { metric in
            difference(metric, blocks, confidence: Self.controlConfidence).map { (metric, $0) }
        }
        return Dictionary(uniqueKeysWithValues: pairs)
    }

    /// The confidence at which all differences of the control blocks must have one sign, slightly reduced for rounding.
    private static let controlConfidence = 1 - 1.001 * exp2(Double(1 - controlBlocks))
}

extension Change {
    package init(_ interval: SignedRankInterval, samples: Int) {
        self.init(
            ratio: exp(interval.estimate), low: exp(interval.low), high: exp(interval.high),
            confidence: interval.confidence, samples: samples)
    }
}
