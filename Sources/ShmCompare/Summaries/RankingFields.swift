internal import ShmCoordinator
package import ShmRecord
internal import ShmStatistics

/// A lock's place in a ranking.
package struct RankingRow {
    /// The locks that a ranking compares.
    package enum Group: String, CaseIterable { case all, survivors }

    /// A lock's standing, with that of the best.
    package enum Place: String, CaseIterable { case best, first, equivalent, undecided, behind }

    package let ranking: Ranking
    package let group: Group
    package let line: CellSummary
    /// `nil` for the best.
    package let rival: Ranking.Rival?
    /// Whether it is the lock to choose, of the best and its ties.
    package let isRecommended: Bool

    package var place: Place {
        switch rival?.standing {
        case nil: ranking.winner == nil ? .first : .best
        case .behind: .behind
        case .equivalent: .equivalent
        case .undecided: .undecided
        }
    }

    /// All rows of the rankings, by load and figure, the best lock first.
    package static func rows(_ rankings: Rankings) -> [RankingRow] {
        rankings.all.flatMap { load in
            [(load.speed, Group.all), (load.survivors, .survivors), (load.fairness, .all), (load.tail, .all)]
                .flatMap { ranking, group in ranking.map { rows($0, group) } ?? [] }
        }
    }

    private static func rows(_ ranking: Ranking, _ group: Group) -> [RankingRow] {
        let choice = ranking.choice?.lock.cell
        func row(_ line: CellSummary, _ rival: Ranking.Rival?) -> RankingRow {
            RankingRow(ranking: ranking, group: group, line: line, rival: rival, isRecommended: line.cell == choice)
        }
        return [row(ranking.best, nil)] + ranking.rivals.map { row($0.summary, $0) }
    }
}

/// A member of a ranking in JSON documents.
package typealias RankingColumn = Field<RankingRow>

extension Field where Subject == RankingRow {
    package static let all: [Field<RankingRow>] = identity + figures

    /// The lock and its load, with the names of the results.
    private static let identity: [Field<RankingRow>] = SummaryColumn.all.filter { $0.roles.contains(.cell) }.map {
        column in
        Field(column.name, title: column.title, kind: column.kind, roles: column.roles, column.doc) {
            column.value($0.line)
        }
    }

    private static let figures: [Field<RankingRow>] = [
        Field(
            "figure", kind: .words(Metric.ranked.map(\.name)), roles: .present, "metric or column of the ranking"
        ) {
            .text($0.ranking.metric.name)
        },
        Field(
            "group", kind: .words(of: RankingRow.Group.self), roles: .present,
            "`all` locks that kept their promises, or only the `survivors` of their owner's death"
        ) { .text($0.group.rawValue) },
        Field(
            "standing", kind: .words(of: RankingRow.Place.self), roles: .present,
            "`best`, `first` (the best median, with ties), or what separates a lock from that one: `equivalent` (no difference above the threshold), `undecided` (the interval is too wide), `behind`"
        ) { .text($0.place.rawValue) },
        Field(
            "best_ratio", kind: .number,
            "ratio of the best to this lock, above 1 if the best is better, estimated from the differences within the common rounds: the quotient of the medians may differ; empty for the best"
        ) {
            Value($0.rival?.ratio?.estimate, decimals: 5)
        },
        Field(
            "best_ratio_low", kind: .number,
            "lower end of the confidence interval of `best_ratio`; empty below 0.001: so few rounds show no end"
        ) {
            Value($0.rival?.ratio.flatMap { $0.low < 0.001 ? nil : $0.low }, decimals: 5)
        },
        Field(
            "best_ratio_high", kind: .number,
            "upper end of the confidence interval of `best_ratio`; empty above 1000: so few rounds show no end"
        ) {
            Value($0.rival?.ratio.flatMap { $0.high > 1000 ? nil : $0.high }, decimals: 5)
        },
        Field("rounds", kind: .count, "number of rounds in common with the best") {
            Value($0.rival.map { UInt64($0.rounds) })
        },
        Field(
            "rounds_to_decide", kind: .count,
            "number of rounds that would probably decide; empty if unknown or above \(BestComparison.mostPairs)"
        ) {
            Value($0.rival?.roundsToDecide.map { UInt64($0) })
        },
        Field(
            "recommended", kind: .boolean, roles: .present,
            "whether this lock is the one to choose, of the best and its ties"
        ) {
            .boolean($0.isRecommended)
        },
    ]
}
