internal import Glibc
package import ShmCoordinator
package import ShmRecord

/// A lock under a load.
package struct CellID: Hashable {
    package let lock: String
    package let load: Load

    package init(lock: String, load: Load) {
        self.lock = lock
        self.load = load
    }

    package init(_ record: Record) { self.init(lock: record.lock, load: record.load) }

    /// For a person.
    package var title: String { "\(lock) with \(load.workers) worker\(load.workers == 1 ? "" : "s")" }
}

/// Rounds of many cells, measured in turn: those of one number belong together.
package struct RoundTable {
    /// The primitives that others are compared with: neither depends on a lock's implementation in this program's hands
    /// alone, one being an instruction and the other a few around a system call.
    package static let references = ["atomic-add", "futex"]

    private struct RoundID: Hashable {
        let run: String
        let round: String
    }

    private var rows: [CellID: [RoundID: Record]] = [:]
    /// In an order for a person: the rounds were shuffled.
    package var cells: [CellID] {
        rows.keys.sorted { ($0.load.scenario, $0.load.workers, $0.lock) < ($1.load.scenario, $1.load.workers, $1.lock) }
    }

    package init(_ records: [Record]) { for record in records { add(record) } }

    package mutating func add(_ record: Record) {
        let cell = CellID(record)
        rows[cell, default: [:]][RoundID(run: record.text("run_id"), round: record.text("round"))] = record
    }

    /// All rounds of a cell, in the order of their numbers.
    package func records(_ cell: CellID) -> [Record] {
        func key(_ record: Record) -> (String, Double) { (record.text("run_id"), record.number("round") ?? 0) }
        return (rows[cell] ?? [:]).values.sorted { key($0) < key($1) }
    }

    /// What is missing where all cells of a run do not have as many rounds; `nil` where they have. Such a file was cut off
    /// between two lines, or its run was.
    package var gap: String? {
        var counts: [String: [CellID: Int]] = [:]
        for (cell, rounds) in rows { for id in rounds.keys { counts[id.run, default: [:]][cell, default: 0] += 1 } }
        for (run, cells) in counts.sorted(by: { $0.key < $1.key }) {
            guard let most = cells.values.max(), let short = cells.filter({ $0.value < most }).map(\.key.title).min()
            else { continue }
            return
                "lacks rounds: not all cells of the run \(run) have \(most), \(short) for one; it was cut off, or the run was"
        }
        return nil
    }

    /// The references that were measured under the cell's load, other than the cell itself.
    package func references(of cell: CellID) -> [String] {
        Self.references.filter { $0 != cell.lock && rows[CellID(lock: $0, load: cell.load)] != nil }
    }

    /// The logarithm of a metric in each round; as a ratio to what a reference did in the same round, where one is given
    /// (``Metric/Scale``).
    package func logarithms(_ metric: Metric, _ cell: CellID, reference: String?) -> [Double] {
        let others = reference.flatMap { rows[CellID(lock: $0, load: cell.load)] }
        return (rows[cell] ?? [:]).compactMap { round, record -> Double? in
            guard let value = metric.logarithm(record) else { return nil }
            if reference == nil { return value }
            return switch metric.scale {
            case .none: value
            case .reference: others?[round].flatMap(metric.logarithm).map { value - $0 }
            case .clock(let mean): others?[round].flatMap { Self.logarithm($0, mean) }.map { value - $0 }
            case .own(let column): Self.logarithm(record, column).map { value - $0 }
            }
        }
    }

    private static func logarithm(_ record: Record, _ column: String) -> Double? {
        record.number(column).flatMap { $0 > 0 ? log($0) : nil }
    }
}
