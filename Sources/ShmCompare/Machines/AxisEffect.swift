internal import Glibc
package import ShmCoordinator
internal import ShmRecord
internal import ShmStatistics

/// What a step of an axis changes in the figure of one lock under one load.
///
/// **Each unit** has the interval of Mann, Whitney and Moses for two independent samples of rounds. It covers the
/// differences between fleets of one session, not those between two sessions, in which placement and neighbours differ,
/// so a unit shows a change only where its whole interval lies beyond the margin: that of ``IndependentComparison`` for
/// rounds that were not measured alternately. Units of several machines on a side add the largest difference between the
/// medians of one side to the margin, since these machines are alike and differ nevertheless.
///
/// **Few units** have the hull of their intervals. All intervals of the document hold at once with the family-wise
/// confidence (Bonferroni), so the hull contains the change on each of these machines, with no assumption about what they
/// have in common. It says nothing of other machines.
///
/// **Many units** have the signed-rank interval of their estimates: a sample of machines, of which each has sessions of
/// its own, so the scatter between sessions is in the interval, and a change need only exclude zero and exceed the
/// metric's own threshold. It is the interval of the typical change, not of each machine's. It is used from the number of
/// machines at which the signed ranks have the family-wise confidence, so the choice depends on sizes, not on values.
package struct AxisEffect {
    /// What rounds say of a change.
    package enum Verdict: String, CaseIterable {
        case lower, higher, equivalent, undecided
        /// Lower on some machines, and higher on others.
        case mixed
    }

    /// How the interval over several machines came about.
    package enum Method: String, CaseIterable {
        /// The interval of the only unit, or the hull of all.
        case hull
        /// Signed ranks of the units' estimates.
        case ranks
    }

    /// The change on one unit.
    package struct OnUnit {
        package let unit: AxisStep.Unit
        /// The ratio of the figure after the step to that before.
        package let change: Change
        package let verdict: Verdict
    }

    package let step: AxisStep
    package let load: Load
    package let lock: String
    package let survivesOwnerDeath: Bool
    package let metric: Metric
    /// The units with a figure on both sides.
    package let units: [OnUnit]
    /// The names of the units without one.
    package let missing: [String]
    package let method: Method
    /// Over the units on which the change is shown if these are some and not all, else over all units.
    package let change: Change
    package let verdict: Verdict

    /// The units that show a change.
    package var shown: [OnUnit] { units.filter { $0.verdict == .lower || $0.verdict == .higher } }

    /// The number of units whose estimate has the direction of the change.
    package var agreeing: Int { units.count { ($0.change.ratio > 1) == (change.ratio > 1) && $0.change.ratio != 1 } }

    /// - Parameters:
    ///   - rank: that of the signed ranks; `nil` if there are too few units.
    init(
        _ samples: AxisSamples, units: [OnUnit], confidence: Double, rank: SignedRankRank?
    ) {
        (step, load, lock, metric) = (samples.step, samples.load, samples.lock, samples.metric)
        survivesOwnerDeath = samples.survivesOwnerDeath
        missing = samples.missing
        self.units = units
        let estimates = units.map { log($0.change.ratio) }
        if let rank, let found = SignedRankInterval(estimates, rank: rank), found.low.isFinite {
            method = .ranks
            change = Change(
                ratio: exp(found.estimate), low: exp(found.low), high: exp(found.high), confidence: found.confidence,
                samples: units.count)
            verdict = Verdict(
                direction(
                    estimate: found.estimate, low: found.low, high: found.high,
                    threshold: log1p(metric.usualThreshold)))
            return
        }
        method = .hull
        let words = Set(units.map(\.verdict))
        let isMixed = words.isSuperset(of: [.lower, .higher])
        verdict =
            isMixed
            ? .mixed
            : words.contains(.lower)
                ? .lower : words.contains(.higher) ? .higher : words == [.equivalent] ? .equivalent : .undecided
        let changed = units.filter { $0.verdict == .lower || $0.verdict == .higher }
        let counted = changed.isEmpty || isMixed ? units : changed
        change = Change(
            ratio: exp(median(counted.map { log($0.change.ratio) }) ?? 0),
            low: counted.map(\.change.low).min() ?? 0, high: counted.map(\.change.high).max() ?? .infinity,
            confidence: confidence, samples: counted.map(\.change.samples).reduce(0, +))
    }
}

extension AxisEffect.Verdict {
    init(_ direction: Direction) {
        self =
            switch direction {
            case .lower: .lower
            case .higher: .higher
            case .equivalent: .equivalent
            case .undecided: .undecided
            }
    }
}
