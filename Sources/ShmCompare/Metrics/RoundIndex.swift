internal import Glibc
internal import ShmCoordinator
package import ShmRecord
internal import ShmStatistics

/// A round of a run. The cells of one round are measured close together, in random order.
struct RoundID: Hashable {
    let run: String
    let round: String

    init(_ record: Record) { (run, round) = (record.text("run_id"), record.text("round")) }
}

/// Rounds of many cells. Rounds with one number were measured close together.
package struct RoundIndex {
    /// The reference primitives. Neither depends much on its implementation: one is a single instruction, the other a few
    /// instructions around a system call.
    package static let references = ["atomic-add", "futex"]

    private var rows: [CellID: [RoundID: Record]] = [:]
    /// The cells by scenario, workers, lock and the other parameters, since rounds are in random order.
    package var cells: [CellID] {
        rows.keys.sorted {
            let (left, right) = (
                ($0.load.scenario, $0.load.workers, $0.lock), ($1.load.scenario, $1.load.workers, $1.lock)
            )
            return left == right ? $0.load.precedes($1.load) : left < right
        }
    }

    package init(_ records: [Record]) { for record in records { add(record) } }

    package mutating func add(_ record: Record) {
        let cell = CellID(record)
        rows[cell, default: [:]][RoundID(record)] = record
    }

    /// All rounds of a cell, in the order of their numbers.
    package func records(_ cell: CellID) -> [Record] {
        func key(_ record: Record) -> (String, Double) { (record.text("run_id"), record.number("round") ?? 0) }
        return (rows[cell] ?? [:]).values.sorted { key($0) < key($1) }
    }

    /// Explains which cells lack rounds; `nil` if all cells of each run have the same number. The file was truncated between
    /// two lines, or the run was interrupted.
    package var gap: String? {
        var counts: [String: [CellID: Int]] = [:]
        for (cell, rounds) in rows { for id in rounds.keys { counts[id.run, default: [:]][cell, default: 0] += 1 } }
        for (run, cells) in counts.sorted(by: { $0.key < $1.key }) {
            guard let most = cells.values.max(), let short = cells.filter({ $0.value < most }).map(\.key.title).min()
            else { continue }
            return
                "lacks rounds: expected \(most) of each cell of the run \(run), but \(short) has fewer; the file is truncated, or the run was interrupted"
        }
        return nil
    }

    /// The references that were measured under the cell's load, without the cell itself.
    package func references(of cell: CellID) -> [String] {
        Self.references.filter { $0 != cell.lock && rows[CellID(lock: $0, load: cell.load)] != nil }
    }

    /// The logarithm of a metric in each round; with a reference, of the ratio to the reference in the same round
    /// (``Metric/Scale``).
    package func logarithms(_ metric: Metric, _ cell: CellID, reference: String?) -> [Double] {
        (rows[cell] ?? [:]).compactMap { logarithm(metric, cell, $0, $1, reference: reference) }
    }

    /// The medians of ``logarithms(_:_:reference:)`` of each sitting: of each run.
    package func sittings(_ metric: Metric, _ cell: CellID, reference: String?) -> [Double] {
        Dictionary(grouping: rows[cell] ?? [:], by: \.key.run).values.compactMap { rounds in
            median(rounds.compactMap { logarithm(metric, cell, $0.key, $0.value, reference: reference) })
        }
    }

    private func logarithm(
        _ metric: Metric, _ cell: CellID, _ round: RoundID, _ record: Record, reference: String?
    ) -> Double? {
        guard let value = metric.logarithm(record) else { return nil }
        guard let reference else { return value }
        var other: Record? { rows[CellID(lock: reference, load: cell.load)]?[round] }
        return switch metric.scale {
        case .none: value
        case .reference: other.flatMap(metric.logarithm).map { value - $0 }
        case .clock(let mean): other.flatMap { Self.logarithm($0, mean) }.map { value - $0 }
        case .own(let column): Self.logarithm(record, column).map { value - $0 }
        }
    }

    private static func logarithm(_ record: Record, _ column: String) -> Double? {
        record.number(column).flatMap { $0 > 0 ? log($0) : nil }
    }
}
