internal import Glibc
package import ShmCoordinator
internal import ShmRecord
internal import ShmStatistics

/// What the steps of an axis change, over all locks and loads.
package struct AxisComparison {
    package let axis: MachineAxis
    /// The values of the axis, in order.
    package let values: [String]
    package let steps: [AxisStep]
    /// By step and load, the largest change first.
    package let effects: [AxisEffect]
    /// Machines with several values of the axis that differ in something else as well, in words.
    package let confounded: [String]
    /// The number of intervals that hold at once.
    package let intervals: Int
    /// The fewest rounds on either side of a unit with which an interval of the confidence exists; `nil` if all have
    /// enough.
    package let roundsNeeded: Int?

    /// The probability that any interval of the document misses its value, over all locks, loads, steps and units.
    package static let errorRate = 0.05

    package init(_ machines: [ComparedMachine], _ axis: MachineAxis, reference: String) {
        self.axis = axis
        values = machines.map(\.value).filter { !$0.isEmpty }.uniqued().sorted(by: MachineAxis.precedes)
        steps = AxisStep.all(machines, axis)
        confounded = Self.confounded(machines, axis)
        let cells = machines.flatMap(\.rounds.summaries).map(\.cell).uniqued()
        let samples = steps.flatMap { step in
            cells.compactMap { AxisSamples(step, $0.load, $0.lock, reference: reference) }
        }
        // The choice between hull and ranks depends on the numbers of units alone; the upper bound of the number of
        // intervals comes first, so that the choice does not depend on itself.
        let most = samples.map(\.pairs.count).reduce(0, +)
        let needed = Self.unitsNeeded(intervals: most)
        intervals = samples.reduce(0) { $0 + ($1.pairs.count >= needed ? 1 : $1.pairs.count) }
        let confidence = 1 - Self.errorRate / Double(max(1, intervals))
        var ranks = RankSumRanks(confidence: confidence)
        var signed: [Int: SignedRankRank] = [:]
        let found = samples.compactMap { sample -> AxisEffect? in
            let units = sample.changes(&ranks)
            if units.isEmpty { return nil }
            if units.count >= needed && signed[units.count] == nil {
                signed[units.count] = SignedRankRank(size: units.count, confidence: confidence)
            }
            return AxisEffect(sample, units: units, confidence: confidence, rank: signed[units.count])
        }
        effects = found
        let isShort = found.contains { $0.method == .hull && $0.units.contains { $0.change.low == 0 } }
        roundsNeeded = isShort ? IndependentComparison.enoughRounds(confidence: confidence) : nil
    }

    /// The number of units from which the signed ranks of their estimates have the family-wise confidence: of the 2ⁿ
    /// patterns of signs, two are as extreme as all of one sign.
    static func unitsNeeded(intervals: Int) -> Int {
        Int((1 + log2(Double(max(1, intervals)) / errorRate)).rounded(.up))
    }

    /// The effects of a step under a load, the largest change first.
    package func effects(of step: AxisStep, under load: Load) -> [AxisEffect] {
        effects.filter { $0.step.from == step.from && $0.step.to == step.to && $0.load == load }.sorted {
            abs(log($0.change.ratio)) > abs(log($1.change.ratio))
        }
    }

    /// The machines that have two values and are compared nowhere, since something else differs, too.
    private static func confounded(_ machines: [ComparedMachine], _ axis: MachineAxis) -> [String] {
        let hosts = machines.map { $0.identity(without: axis) }
        return hosts.uniqued().compactMap { host in
            let own = zip(machines, hosts).filter { $0.1 == host && !$0.0.value.isEmpty }.map(\.0)
            if own.count < 2 { return nil }
            let different = axis.others.filter { column in Set(own.map { $0.trait(column) }).count > 1 }
            if different.isEmpty { return nil }
            return "\(own[0].rounds.hostname) differs in \(different.joined(separator: " and ")), too"
        }
    }
}
