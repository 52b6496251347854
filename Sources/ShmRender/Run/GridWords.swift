internal import ShmCompare
internal import ShmRecord

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

    /// The figure of the best lock at a point; empty if no lock has one.
    static func figure(_ point: GridPoint?, in grid: LoadGrid) -> String {
        point?.figure.map(grid.shown) ?? ""
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
        }
    }

    /// Explains the maps.
    static func legend(_ grid: LoadGrid) -> [String] {
        let figure = grid.metric.isBetterWhenMore ? "throughput" : "p99 of the response time, less is better"
        let hasTies = grid.points.contains { if case .tied = $0.standing { true } else { false } }
        let ties = hasTies ? " a ≈ b, no best of n: the rounds do not separate these locks." : ""
        let sign = "Maps: medians of \(figure).\(ties)"
        let shares = grid.points.flatMap { point in grid.lines.map { point.share($0.lock) } }
        let missing = grid.points.count < grid.combinations
        let gaps = GridGap.allCases.filter { gap in
            (gap == .unmeasured && missing)
                || shares.contains { if case .failure(gap) = $0 { true } else { false } }
        }
        return [sign] + (gaps.isEmpty ? [] : [gaps.map(meaning).joined(separator: "; ") + "."])
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
