internal import Glibc
package import ShmCoordinator
internal import ShmRecord
internal import ShmStatistics

/// What differs between machines that measured the same locks: ratios to a reference, the best lock on each, and the lock
/// that is never far from the best.
package struct MachineComparison {
    package let machines: [ComparedMachine]
    /// The lock to which ratios are taken.
    package let reference: String
    package let loads: [MachineLoad]
    /// The locks by the least of their shares of the best over all machines and loads; empty for one load.
    package let overall: [GridLine]

    /// The usual lock of ``reference``: a few instructions around a system call, on every machine.
    package static let usualReference = "futex"

    package init(_ machines: [ComparedMachine], reference: String = usualReference) {
        self.machines = machines
        self.reference = reference
        let sizes = BestComparison.Sizes()
        let rankings = machines.map { MachineLoad.rankings($0, sizes) }
        var ranks = RankSumRanks(confidence: MachineRatio.confidence)
        let all = machines.flatMap(\.rounds.summaries)
        loads = all.map(\.load).uniqued().sorted { $0.precedes($1) }.map { load in
            MachineLoad(load, machines, rankings, reference: reference, &ranks)
        }
        overall = loads.count < 2 ? [] : GridLine.lines(all, loads.flatMap(\.points).compactMap(\.self))
    }

    /// Whether the reference was measured on any machine.
    package var hasReference: Bool { machines.contains { $0.rounds.summaries.contains { $0.lock == reference } } }

    /// The machines on which the reference has no figure under a load that other locks have, and why.
    package var referenceGaps: [(machine: Int, load: Load, gap: GridGap)] {
        loads.flatMap { load in
            machines.indices.compactMap { index in
                let gaps = load.maps.prefix(1).flatMap { $0.cells.values.map { $0[index] } }.compactMap { cell in
                    if case .noReference(let gap) = cell { gap } else { nil }
                }
                return gaps.first.map { (index, load.load, $0) }
            }
        }
    }

    /// The lock whose least share of the best is the greatest (minimax regret), and the one among those that survive
    /// their owner's death. Only locks with a figure wherever any lock has one are considered. `nil` if there is none.
    package static func safest(_ lines: [GridLine]) -> (any: GridLine?, survivor: GridLine?) {
        let complete = lines.filter { $0.excludes && $0.isComplete && $0.least != nil }
        func most(_ lines: [GridLine]) -> GridLine? {
            lines.reduce(nil) { best, line in
                (line.least?.share ?? 0) > (best?.least?.share ?? 0) ? line : best ?? line
            }
        }
        return (most(complete), most(complete.filter(\.survivesOwnerDeath)))
    }

    /// The interval of a least share, on its own: the choice of the worst of several machines makes the share look less
    /// than it is. `nil` if the lock is the best there, or if so few rounds have no interval.
    package func interval(_ line: GridLine) -> (low: Double, high: Double)? {
        guard let point = line.least?.point, let best = point.first, best.lock != line.lock,
            let machine = point.place.first, let own = machines[machine].summary(line.lock, point.load)
        else { return nil }
        let metric = GridFigure(point.load).metric
        let (base, candidate) = (best.records.compactMap(metric.logarithm), own.records.compactMap(metric.logarithm))
        let pair = metric.isBetterWhenMore ? (base, candidate) : (candidate, base)
        guard
            let found = RankSumInterval(base: pair.0, candidate: pair.1, confidence: MachineRatio.confidence),
            found.low.isFinite
        else { return nil }
        return (exp(found.low), exp(found.high))
    }
}
