internal import ShmHistory
internal import ShmRecord

/// A column of the results that a history shows over time.
package struct HistoryColumn: Hashable {
    package let column: String

    /// The short names of columns.
    package static let names = ResultColumn.all.flatMap(\.short)

    /// What to write, for help texts and messages.
    package static let form = "\(names.joined(separator: ", ")), or columns of results/README.md"

    /// - Parameter known: the columns that there are.
    package init(_ name: String, known: [String]) throws {
        let column = ResultColumn.named(name)?.name ?? name
        guard known.contains(column) else {
            let hint = LockSelection.nearest(to: name, among: Self.names + known)
                .map { "; did you mean `\($0)`?" }
            throw Failure.invalid(
                name, for: "--metrics",
                expected: Self.form + (hint ?? ""))
        }
        if ResultsReader.kinds[column]?.isNumeric == false {
            throw Failure.invalid(name, for: "--metrics", expected: "a column of numbers, and \(column) is a text")
        }
        self.column = column
    }

    /// Whether more is better; `nil` if neither direction is.
    package var isBetterHigh: Bool? {
        ResultColumn.named(column).flatMap(\.better).map { $0 == .more }
    }

    /// A value with its unit.
    package func shown(_ figure: Double) -> String {
        // A file of a later version has columns that this one does not know.
        let unit = ResultColumn.named(column)?.unit ?? FieldUnit(column: column)
        switch unit {
        case .nanoseconds, .seconds, .perSecond, .percent: return unit.shown(figure, decimals: 1)
        case .plain, .bytes, .share:
            if abs(figure) >= 1000 { return Figure.count(figure) }
            return Figure.decimal(figure, figure == figure.rounded() ? 0 : 4)
        }
    }
}
