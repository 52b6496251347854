package import ShmCompare
package import ShmHistory
package import ShmRecord
internal import ShmStatistics

/// A history for programs: names of columns, and rows of values.
package enum HistoryRecords {
    /// The columns of ``runs(_:broken:)``.
    package static let runNames = factNames + ["cells", "rounds", "broken"]

    private static let factNames =
        ["run_id", "started_at", "command"] + ResultColumn.environment.map(\.name) + ["commit_id"]

    /// A row per run.
    ///
    /// - Parameter broken: the number of broken rounds by run.
    package static func runs(_ runs: [HistoryRun], broken: [String: Int]) -> [[Value]] {
        runs.map { facts($0) + [.integer($0.cells), .integer($0.rounds), .integer(broken[$0.id] ?? 0)] }
    }

    /// The columns of ``series(_:)``. `change_percent` is relative to the previous run; `before`, `after` and `p` belong to a
    /// change point at this run.
    package static let seriesNames =
        factNames + ResultColumn.all.names(.cell)
        + [
            "metric", "rounds", "median", "change_percent", "change_point", "before", "after", "p",
            "broken",
        ]

    /// A row per run of each series.
    package static func series(_ all: [HistorySeries]) -> [[Value]] {
        all.flatMap { series in
            let changes = Dictionary(series.changes.map { ($0.index, $0) }, uniquingKeysWith: { first, _ in first })
            return series.points.enumerated().map { index, point in
                let change = changes[index]
                return facts(point.run) + ResultColumn.all.names(.cell).map { Value(series.cell[$0]) }
                    + [
                        .text(series.metric.column), .integer(point.rounds), Value(point.median, decimals: 4),
                        Value(point.change.map { $0 * 100 }, decimals: 2), .text(change == nil ? "no" : "yes"),
                        Value(change?.before, decimals: 4), Value(change?.after, decimals: 4),
                        Value(change?.p, decimals: 6), .integer(point.broken),
                    ]
            }
        }
    }

    private static func facts(_ run: HistoryRun) -> [Value] {
        let environment = ResultColumn.environment.map { field -> Value in
            if field.kind == .text { return run[field.name].text.map { .text($0) } ?? .empty }
            return run[field.name].integer.map { .integer(Int($0)) } ?? .empty
        }
        return [.text(run.id), .text(run.startedAt), .text(run.command)] + environment
            + [run.commit.map { .text($0) } ?? .empty]
    }
}

extension Value {
    package init(_ value: HistoryValue) {
        self =
            switch value {
            case .text(let text): .text(text)
            case .integer(let number): .integer(Int(number))
            case .real(let number): .decimal(number, 4)
            case .null: .empty
            }
    }
}
