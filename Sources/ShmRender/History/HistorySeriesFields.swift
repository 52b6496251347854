package import ShmCompare
internal import ShmHistory
package import ShmRecord
package import ShmStatistics

/// A row of a series: one run.
package struct HistoryPointRow {
    package let series: HistorySeries
    package let point: HistorySeries.Point
    /// The change point at this run; `nil` without one.
    package let change: ChangePoint?

    /// A row per run of each series.
    package static func rows(_ all: [HistorySeries]) -> [HistoryPointRow] {
        all.flatMap { series in
            let changes = Dictionary(series.changes.map { ($0.index, $0) }, uniquingKeysWith: { first, _ in first })
            return series.points.enumerated().map { index, point in
                HistoryPointRow(series: series, point: point, change: changes[index])
            }
        }
    }
}

/// A column of a figure over time, with a row per run of each series: schema 1, in its order. Append new fields.
package typealias HistoryPointColumn = Field<HistoryPointRow>

extension Field where Subject == HistoryPointRow {
    package static let schema = 1

    package static let all: [Field<HistoryPointRow>] =
        [schema(schema)] + facts { $0.point.run } + cell(isAdded: false) + figures + cell(isAdded: true)

    private static func cell(isAdded: Bool) -> [Field<HistoryPointRow>] {
        ResultColumn.all.filter { $0.roles.contains(.cell) && $0.isAddedParameter == isAdded }.map { column in
            Field(column.name, title: column.title, kind: column.kind, column.doc) {
                Value($0.series.cell[column.name], column.kind)
            }
        }
    }

    private static let figures: [Field<HistoryPointRow>] = [
        Field("metric", kind: .text, roles: .present, "column of the results that is shown") {
            .text($0.series.metric.column)
        },
        Field("rounds", kind: .count, roles: .present, "number of rounds behind the median") {
            .integer($0.point.rounds)
        },
        Field("median", roles: .present, "median over the rounds, in the unit of the metric") {
            Value($0.point.median, decimals: 4)
        },
        Field("change_percent", title: "change", "relative to the previous run; empty at the first") {
            Value($0.point.change.map { $0 * 100 }, decimals: 2)
        },
        Field("change_point", kind: .boolean, roles: .present, "whether the level changed at this run") {
            .boolean($0.change != nil)
        },
        Field("before", "level before the change point; empty without one") {
            Value($0.change?.before, decimals: 4)
        },
        Field("after", "level from the change point on; empty without one") { Value($0.change?.after, decimals: 4) },
        Field("p", "p value of the change point; empty without one") { Value($0.change?.p, decimals: 6) },
        Field(
            "broken", kind: .count, roles: .present,
            "number of rounds that are left out because the lock broke a promise"
        ) {
            .integer($0.point.broken)
        },
    ]
}

extension Value {
    /// A value of a history. Another program may have changed its type: a value of another kind is empty.
    init(_ value: HistoryValue, _ kind: FieldKind) {
        self =
            switch (value, kind) {
            case (.text(let text), .text): Value(text)
            case (.text(let text), .words(let words)) where words.contains(text): .text(text)
            case (.text("yes"), .boolean): .boolean(true)
            case (.text("no"), .boolean): .boolean(false)
            case (.integer(let number), .count) where number >= 0: .integer(Int(number))
            case (.integer(let number), .number): .integer(Int(number))
            case (.real(let number), .number): .decimal(number, 4)
            default: .empty
            }
    }
}
