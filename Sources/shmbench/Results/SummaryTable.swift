internal import ShmCoordinator
internal import ShmCore
internal import TextTable

/// The table that a person reads: one line a cell, a block for each number of workers, at most 80 columns wide.
enum SummaryTable {
    static func text(_ summaries: [CellSummary]) -> String {
        let blocks = Dictionary(grouping: summaries, by: \.cell.workers).sorted { $0.key < $1.key }
        return blocks.map { workers, block in
            let title = workers == 1 ? "1 worker, nobody to wait for" : "\(workers) workers"
            return "\(title)\n" + table(fastestFirst(block))
        }.joined(separator: "\n")
    }

    private static func fastestFirst(_ block: [CellSummary]) -> [CellSummary] {
        block.sorted { ($0.throughput ?? -1) > ($1.throughput ?? -1) }
    }

    private static func table(_ block: [CellSummary]) -> String {
        let table = TextTable<CellSummary> { line in
            [
                Column(title: "lock", value: line.cell.lock.name),
                Column(title: "throughput", value: shown(line.throughput, Figure.rate), align: .right),
                Column(title: "±", value: shown(line.spread) { "\(Figure.decimal($0 * 100, 0))%" }, align: .right),
                Column(title: "p50", value: shown(line.p50, Figure.time), align: .right),
                Column(title: "p99", value: shown(line.p99, Figure.time), align: .right),
                Column(title: "p99.9", value: shown(line.p999, Figure.time), align: .right),
                Column(title: "fairness", value: shown(line.jain) { Figure.decimal($0, 2) }, align: .right),
                Column(title: "integrity", value: verdict(line)),
            ]
        }
        return Terminal.trimmed(table.string(for: block, style: Style.simple) ?? "")
    }

    private static func shown(_ figure: Double?, _ format: (Double) -> String) -> String {
        figure.map(format) ?? "-"
    }

    private static func verdict(_ line: CellSummary) -> String {
        switch line.integrity {
        case .ok: "ok"
        case .failed: line.isAsPromised ? "failed *" : "FAILED"
        case .stuck: "STUCK"
        }
    }
}
