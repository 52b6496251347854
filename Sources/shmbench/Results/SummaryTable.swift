internal import ShmCoordinator
internal import ShmCore
internal import TextTable

/// The table that a person reads: one line a cell, a block for each number of workers, at most 80 columns wide.
enum SummaryTable {
    static func text(_ summaries: [CellSummary]) -> String {
        let blocks = Dictionary(grouping: summaries, by: \.cell.workers).sorted { $0.key < $1.key }
        return blocks.map { workers, block in
            let title = workers == 1 ? "1 worker, nobody to wait for" : "\(workers) workers"
            let readPercent = block.first?.cell.readPercent ?? 0
            let reads = readPercent > 0 ? ", \(readPercent)% of the sections only read" : ""
            return "\(title)\(reads)\n" + table(fastestFirst(block), Cliff.fallen(summaries))
        }.joined(separator: "\n")
    }

    /// Fastest first; what is no lock at the end.
    private static func fastestFirst(_ block: [CellSummary]) -> [CellSummary] {
        let sorted = block.sorted { ($0.throughput ?? -1) > ($1.throughput ?? -1) }
        return sorted.filter { $0.cell.lock.properties.excludes } + sorted.filter { !$0.cell.lock.properties.excludes }
    }

    private static func table(_ block: [CellSummary], _ fallen: Set<Cell>) -> String {
        let table = TextTable<CellSummary> { line in
            [
                Column(title: "lock", value: line.cell.lock.name),
                Column(
                    title: "throughput",
                    value: (fallen.contains(line.cell) ? "▼" : "") + shown(line.throughput, Figure.rate), align: .right),
                Column(title: "±", value: shown(line.spread) { "\(Figure.decimal($0 * 100, 0))%" }, align: .right),
                Column(title: "p50", value: shown(line.p50, Figure.time), align: .right),
                Column(title: "p99", value: shown(line.p99, Figure.time), align: .right),
                Column(title: "p99.9", value: shown(line.p999, Figure.time), align: .right),
                Column(title: "jain", value: shown(line.jain) { Figure.decimal($0, 2) }, align: .right),
                Column(title: "robust", value: survives(line.cell.lock.properties.ownerDeath)),
                Column(title: "data", value: verdict(line)),
            ]
        }
        return Terminal.trimmed(table.string(for: block, style: Style.simple) ?? "")
    }

    private static func shown(_ figure: Double?, _ format: (Double) -> String) -> String {
        figure.map(format) ?? "-"
    }

    /// Whether the next process gets the lock when its owner is killed.
    private static func survives(_ ownerDeath: LockProperties.OwnerDeath) -> String {
        switch ownerDeath {
        case .reported: "yes"
        case .hangs: "no"
        case .notApplicable: "-"
        }
    }

    private static func verdict(_ line: CellSummary) -> String {
        switch line.integrity {
        case .ok: line.isCutShort ? "ok, cut" : "ok"
        case .failed: line.isAsPromised ? "failed*" : "FAILED"
        case .stuck: "STUCK"
        }
    }
}
