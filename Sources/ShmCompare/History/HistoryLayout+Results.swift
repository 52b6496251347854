package import ShmHistory
internal import ShmRecord

extension HistoryLayout {
    /// The layout for results of schema 1.
    package static let results = HistoryLayout(
        environment: ResultColumn.environment.map { Fact($0.name, isText: !$0.kind.isNumeric) },
        round: ResultColumn.all.names(.round), cell: ResultColumn.all.names(.cell),
        optional: Set(ResultColumn.all.names(.cell)).subtracting(ResultColumn.all.names(.required)))
}
