package import ShmCoordinator

/// A load of a grid: the locks that were measured there, and which of them is best.
package struct GridPoint {
    /// What the rounds say of the best lock.
    package enum Standing {
        /// It is better than each of the others.
        case best(CellSummary)
        /// These cannot be told apart, the one with the best median first; `all` locks have the figure.
        case tied([CellSummary], all: Int)
        /// It is the only lock that has the figure, or the only one of them that sustained the rate in each round.
        case only(CellSummary)
        /// No lock has the figure: why the first of them does not.
        case nothing(GridGap)
    }

    package let load: Load
    /// The index of its value on each axis.
    package let place: [Int]
    package let standing: Standing
    /// What was measured, by the lock's name.
    private let cells: [String: CellSummary]

    /// - Parameter ranking: by the grid's figure; `nil` if fewer than two locks have it.
    init(load: Load, place: [Int], cells: [CellSummary], ranking: Ranking?) {
        self.load = load
        self.place = place
        self.cells = Dictionary(cells.map { ($0.lock, $0) }) { first, _ in first }
        if let ranking {
            standing =
                ranking.winner.map { .best($0) }
                ?? .tied(Self.ordered(ranking.leaders), all: ranking.rivals.count + 1)
        } else {
            let locks = cells.filter(\.excludes)
            let measured = locks.filter { GridFigure(load).gap($0) == nil }
            let only = measured.first { !$0.isPartlyOverloaded } ?? measured.first
            standing = only.map { .only($0) } ?? .nothing(locks.first.flatMap(GridFigure(load).gap) ?? .onlyControls)
        }
    }

    /// Ties by the medians that are shown. Those of the ranking are of logarithms, and differ for an even number of rounds.
    private static func ordered(_ leaders: [CellSummary]) -> [CellSummary] {
        leaders.sorted { left, right in
            let kind = GridFigure(left.load)
            guard let one = kind.value(left), let other = kind.value(right) else { return false }
            return kind.metric.isBetterWhenMore ? one > other : one < other
        }
    }

    /// The lock with the best median; `nil` if no lock has the figure.
    package var first: CellSummary? {
        switch standing {
        case .best(let lock), .only(let lock): lock
        case .tied(let locks, _): locks.first
        case .nothing: nil
        }
    }

    /// The figure of the best lock.
    package var figure: Double? { first.flatMap { GridFigure(load).value($0) } }

    /// The figure of a lock as a share of the best lock's: 1 is as good, less is worse. A control can
    /// exceed 1, and so can a lock that was overloaded in some rounds.
    package func share(_ lock: String) -> Result<Double, GridGap> {
        let kind = GridFigure(load)
        guard let cell = cells[lock] else { return .failure(.unmeasured) }
        if let gap = kind.gap(cell) { return .failure(gap) }
        guard let own = kind.value(cell), let best = figure else {
            return .failure(cells.values.contains(where: \.excludes) ? .noBest : .onlyControls)
        }
        return .success(kind.metric.isBetterWhenMore ? own / best : best / own)
    }

    /// The rounds that did not sustain the rate, if those of this lock are some, but not most; `nil` otherwise.
    package func overload(_ lock: String) -> (rounds: Int, all: Int)? {
        cells[lock].flatMap { $0.isPartlyOverloaded ? ($0.overloadedRounds, $0.rounds) : nil }
    }
}

/// Why a lock has no figure at a point.
package enum GridGap: Error, CaseIterable {
    /// No round has this lock at this point.
    case unmeasured
    /// A round made no progress.
    case stuck
    /// The lock broke a promise: its figure says nothing.
    case broken
    /// It did not sustain the rate of the open loop.
    case overloaded
    /// Its rounds have too few samples for the percentile, or ended before the window.
    case tooFew
    /// The median is 0.
    case zero
    /// The point has only controls: there is no lock to compare with.
    case onlyControls
    /// A control has a figure, and no lock has one.
    case noBest
}
