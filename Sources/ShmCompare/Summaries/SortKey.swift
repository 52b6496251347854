internal import ShmRecord

/// The sort order of the lines of a table, best first.
package enum SortKey: String, CaseIterable {
    case throughput, p50, p99
    case p999 = "p99.9"
    case handoff, jain, name

    /// The key with that name, or with another short name of its column.
    package init?(named name: String) {
        let found = Self.allCases.first { $0.rawValue == name || ResultColumn.areOne($0.rawValue, name) }
        guard let found else { return nil }
        self = found
    }

    /// Whether one line comes before another.
    package func sorts(_ left: CellSummary, _ right: CellSummary) -> Bool {
        func least(_ figure: (CellSummary) -> Double?) -> Bool {
            (figure(left) ?? .infinity) < (figure(right) ?? .infinity)
        }
        return switch self {
        case .throughput: least { $0.throughput.map { -$0 } }
        case .p50: least(\.p50)
        case .p99: least(\.p99)
        case .p999: least(\.p999)
        case .handoff: least(\.handoff)
        case .jain: least { $0.jain.map { -$0 } }
        case .name: left.lock < right.lock
        }
    }
}
