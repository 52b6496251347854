internal import Glibc
internal import ShmCoordinator
internal import ShmRecord
internal import ShmStatistics

/// The rounds of one lock under one load before and after a step, by unit.
struct AxisSamples {
    /// Logarithms before and after, and what differences between alike machines add to the margin.
    struct Pair {
        let unit: AxisStep.Unit
        let before: [Double]
        let after: [Double]
        let disagreement: Double
    }

    let step: AxisStep
    let load: Load
    let lock: String
    let survivesOwnerDeath: Bool
    let metric: Metric
    let pairs: [Pair]
    /// The names of units in which one side has no figure.
    let missing: [String]

    /// `nil` if no unit has a figure on both sides.
    init?(_ step: AxisStep, _ load: Load, _ lock: String, reference: String) {
        let figure = GridFigure(load)
        func sample(_ machine: ComparedMachine, _ isOneMachine: Bool) -> [Double]? {
            guard let cell = machine.summary(lock, load), figure.gap(cell) == nil else { return nil }
            if isOneMachine { return cell.records.compactMap(figure.metric.logarithm) }
            guard let base = machine.summary(reference, load), figure.gap(base) == nil, lock != reference else {
                return nil
            }
            let rounds = Dictionary(
                base.records.compactMap { record in figure.metric.logarithm(record).map { (RoundID(record), $0) } }
            ) { first, _ in first }
            let ratios = cell.records.compactMap { record in
                rounds[RoundID(record)].flatMap { base in figure.metric.logarithm(record).map { $0 - base } }
            }
            return ratios.isEmpty ? nil : ratios
        }
        func pair(_ unit: AxisStep.Unit) -> Pair? {
            let before = unit.before.compactMap { sample($0, unit.isOneMachine) }
            let after = unit.after.compactMap { sample($0, unit.isOneMachine) }
            if before.isEmpty || after.isEmpty { return nil }
            let disagreement = [before, after].map { side in
                let medians = side.compactMap { median($0) }
                return (medians.max() ?? 0) - (medians.min() ?? 0)
            }.max()
            return Pair(
                unit: unit, before: before.flatMap(\.self), after: after.flatMap(\.self),
                disagreement: disagreement ?? 0)
        }
        let found = step.units.map { ($0, pair($0)) }
        pairs = found.compactMap(\.1)
        missing = found.filter { $0.1 == nil }.map(\.0.name)
        if pairs.isEmpty { return nil }
        (self.step, self.load, self.lock, metric) = (step, load, lock, figure.metric)
        survivesOwnerDeath =
            step.units.flatMap(\.before).lazy.compactMap { $0.summary(lock, load) }.first?.survivesOwnerDeath ?? false
    }

    /// The changes on the units, each with an interval of the confidence.
    func changes(_ ranks: inout RankSumRanks) -> [AxisEffect.OnUnit] {
        pairs.compactMap { pair in
            let rank = ranks.rank(pair.before.count, pair.after.count)
            guard let found = RankSumInterval(base: pair.before, candidate: pair.after, rank: rank) else { return nil }
            let margin = log1p(IndependentComparison.usualThreshold(metric)) + pair.disagreement
            let verdict: AxisEffect.Verdict =
                found.high < -margin
                ? .lower
                : found.low > margin ? .higher : -margin <= found.low && found.high <= margin ? .equivalent : .undecided
            let change = Change(
                ratio: exp(found.estimate), low: exp(found.low), high: exp(found.high), confidence: found.confidence,
                samples: pair.after.count)
            return AxisEffect.OnUnit(unit: pair.unit, change: change, verdict: verdict)
        }
    }
}
