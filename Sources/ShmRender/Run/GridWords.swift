internal import ShmCompare
internal import ShmCoordinator
internal import ShmRecord
internal import ShmStatistics

/// The texts of the cells of a grid's maps, in all formats.
enum GridWords {
    /// The best lock at a point: its name, or those that cannot be told apart.
    static func best(_ point: GridPoint?) -> String {
        switch point?.standing {
        case nil: gap(.unmeasured)
        case .best(let lock), .only(let lock): name(lock)
        case .tied(let locks, let all) where locks.count == all && all > 2: "no best of \(all)"
        case .tied(let locks, _):
            locks.count == 2
                ? locks.map(name).joined(separator: " ≈ ") : "\(name(locks[0])) ≈ \(locks.count - 1) more"
        case .nothing(let reason): gap(reason)
        }
    }

    /// The figure of the best lock at a point, and the rounds in which it was overloaded; empty if no lock has one.
    static func figure(_ point: GridPoint?, in grid: LoadGrid) -> String {
        guard let point, let figure = point.figure.map(grid.shown) else { return "" }
        return [figure, point.first.flatMap { overload($0.lock, at: point) }].compactMap(\.self).joined(separator: ", ")
    }

    /// The rounds in which a lock was overloaded, if they are some, but not most: `over in 1 of 2`.
    static func overload(_ lock: String, at point: GridPoint?) -> String? {
        point?.overload(lock).map { "over in \($0.rounds) of \($0.all)" }
    }

    /// A share of the best in percent: `100`, `<1`.
    static func share(_ share: Double) -> String { share < 0.005 ? "<1" : Figure.decimal(share * 100, 0) }

    /// A lock's cell at a point.
    static func share(_ lock: String, at point: GridPoint?) -> String {
        switch point?.share(lock) {
        case .success(let share): self.share(share)
        case .failure(let reason): gap(reason)
        case nil: gap(.unmeasured)
        }
    }

    static func gap(_ gap: GridGap) -> String {
        switch gap {
        case .unmeasured: "–"
        case .stuck: "STUCK"
        case .broken: "BROKEN"
        case .overloaded: "over"
        case .tooFew: "few"
        case .zero: "0"
        case .onlyControls: "no lock"
        case .noBest: "no best"
        }
    }

    /// What the words in place of figures mean.
    private static func meaning(_ gap: GridGap) -> String {
        switch gap {
        case .unmeasured: "–: not measured"
        case .stuck: "STUCK: no progress"
        case .broken: "BROKEN: the lock broke a promise"
        case .overloaded: "over: overloaded, did not sustain the rate"
        case .tooFew: "few: too few samples for the figure"
        case .zero: "0: the median is 0"
        case .onlyControls: "no lock: no lock to compare with, only controls"
        case .noBest: "no best: no lock has a figure to compare with"
        }
    }

    /// Explains the maps.
    static func legend(_ grid: LoadGrid) -> [String] {
        let figure = grid.metric.isBetterWhenMore ? "throughput" : "p99 of the response time, less is better"
        let first = ["Maps: medians of \(figure).", ties(grid)].compactMap(\.self).joined(separator: " ")
        let shares = grid.points.flatMap { point in grid.lines.map { point.share($0.lock) } }
        let missing = grid.points.count < grid.combinations
        let gaps = GridGap.allCases.filter { gap in
            (gap == .unmeasured && missing)
                || shares.contains { if case .failure(gap) = $0 { true } else { false } }
        }
        let isMarked = grid.points.contains { point in
            grid.lines.contains { point.overload($0.lock) != nil && (try? point.share($0.lock).get()) != nil }
        }
        let partly = isMarked ? [partlyOverloaded] : []
        let words = gaps.map(meaning) + partly
        return [first] + (words.isEmpty ? [] : [words.joined(separator: "; ") + "."])
    }

    private static let partlyOverloaded =
        "over n/m, over in n of m: overloaded in n of m rounds, so that the figure is that of the other rounds, and the lock ranks after those that sustained the rate in each"

    /// Explains the signs of ties, and says where so few rounds separate no locks; `nil` without ties.
    private static func ties(_ grid: LoadGrid) -> String? {
        let tied = grid.points.flatMap { point -> [CellSummary] in
            if case .tied(let locks, _) = point.standing { locks } else { [] }
        }
        guard let rounds = tied.map(\.rounds).max() else { return nil }
        let signs = "a ≈ b, no best of n: not separated by the rounds."
        if rounds < BestComparison.fewestDeciding {
            return "\(signs) \(counted(rounds, "round")) cannot separate any two locks: use more --rounds."
        }
        if rounds < BestComparison.fewestPairs {
            let factor = Figure.decimal(BestComparison.fewPairsFactor, 0)
            return
                "\(signs) \(rounds) rounds separate only locks that differ by more than a factor of \(factor): use more --rounds."
        }
        return signs
    }

    static func name(_ lock: CellSummary) -> String {
        SurvivalMark.name(lock.lock, survives: lock.survivesOwnerDeath)
    }

    static func name(_ line: GridLine) -> String {
        SurvivalMark.name(line.lock, survives: line.survivesOwnerDeath)
    }

    static func title(best slice: GridSlice) -> String { title("best lock", slice) }

    static func title(shares slice: GridSlice) -> String {
        title(
            slice.grid.metric.isBetterWhenMore
                ? "% of the best lock's throughput" : "the best lock's p99 in % of each lock's", slice)
    }

    private static func title(_ what: String, _ slice: GridSlice) -> String {
        slice.place.isEmpty ? what.prefix(1).uppercased() + what.dropFirst() : "\(slice.place): \(what)"
    }

    /// The step of a share on a scale of shades, from 0 (less than a tenth) to 5 (as good as the best).
    static func step(_ share: Double) -> Int {
        [0.1, 0.35, 0.6, 0.8, 0.95].count { share >= $0 }
    }
}
