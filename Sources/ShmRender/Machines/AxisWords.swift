internal import ShmCompare
internal import ShmCoordinator
internal import ShmRecord

/// The texts of a change along an axis.
enum AxisWords {
    /// The lock, with the mark of those that survive.
    static func name(_ effect: AxisEffect) -> String {
        SurvivalMark.name(effect.lock, survives: effect.survivesOwnerDeath)
    }

    /// `-12.0%`.
    static func change(_ change: Change) -> String { Percent.change(change.ratio) }

    /// Whether a change is shown on any machine.
    static func isShown(_ effect: AxisEffect) -> Bool {
        effect.verdict == .lower || effect.verdict == .higher || effect.verdict == .mixed
    }

    /// Where the change is: `on all 4`, `on 3 of 4: not on n7`.
    static func place(_ effect: AxisEffect) -> String {
        let all = effect.units
        func names(_ verdict: AxisEffect.Verdict) -> String {
            MachineWords.list(all.filter { $0.verdict == verdict }.map(\.unit.name))
        }
        let without = effect.missing.isEmpty ? "" : "; not measured on \(MachineWords.list(effect.missing))"
        switch effect.verdict {
        case .mixed: return "lower on \(names(.lower)); higher on \(names(.higher))\(without)"
        case .equivalent, .undecided:
            return (effect.verdict == .equivalent ? "equivalent" : "undecided") + without
        case .lower, .higher:
            if effect.method == .ranks {
                return "typical of \(all.count); \(effect.agreeing) of them that way\(without)"
            }
            if all.count == 1 { return "on \(all[0].unit.name)\(without)" }
            let shown = effect.shown.count
            if shown == all.count { return "on all \(shown)\(without)" }
            let others = all.filter { $0.verdict != effect.verdict }
            let figures = others.map { other in
                others.count > 2 ? other.unit.name : "\(other.unit.name) (\(change(other.change)))"
            }
            return "on \(shown) of \(all.count): not on \(MachineWords.list(figures))\(without)"
        }
    }

    /// The step, as `6.1 → 6.18`.
    static func step(_ step: AxisStep) -> String { "\(step.from) → \(step.to)" }

    /// Explains the intervals.
    static func legend(_ comparison: AxisComparison) -> [String] {
        let percent = Percent.text(1 - AxisComparison.errorRate)
        let hasRanks = comparison.effects.contains { $0.method == .ranks }
        let isSeveral = comparison.effects.contains { $0.units.count > 1 && $0.method == .hull }
        let margin = Percent.text(IndependentComparison.usualThreshold(.throughput))
        let first =
            "Changes by \(comparison.axis.title): all \(counted(comparison.intervals, "interval")) hold at once with \(percent). A change counts if its whole interval is beyond the margin of \(margin) (p99: \(Percent.text(IndependentComparison.usualThreshold(.p99)))), by which sessions differ."
        let hull =
            isSeveral
            ? " The interval over several machines spans theirs: it says nothing of other machines." : ""
        let ranks =
            hasRanks
            ? " That over many machines is of the typical change, and counts if it excludes zero." : ""
        let short = comparison.roundsNeeded.map {
            "So many intervals at once need \(counted($0, "round")) of each lock: use more --rounds, or fewer locks."
        }
        return [first + hull + ranks, short].compactMap(\.self)
    }
}
