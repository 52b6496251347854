internal import ShmCoordinator
internal import ShmCore

/// The table that a person reads: one line a cell, a block for each number of workers, at most 80 columns wide.
enum SummaryTable {
    static func text(_ summaries: [CellSummary], markdown: Bool = false) -> String {
        let blocks = Dictionary(grouping: summaries, by: \.cell.workers).sorted { $0.key < $1.key }
        return blocks.map { workers, block in
            let title = workers == 1 ? "1 worker, nobody to wait for" : "\(workers) workers"
            let readPercent = block.first?.cell.readPercent ?? 0
            let reads = readPercent > 0 ? ", \(readPercent)% of the sections only read" : ""
            let lines = (fastestFirst(block), Cliff.fallen(summaries))
            return markdown
                ? "**\(title)\(reads)**\n\n" + document(lines.1).markdown(lines.0) + "\n"
                : "\(title)\(reads)\n" + document(lines.1).table(lines.0)
        }.joined(separator: "\n")
    }

    /// Fastest first; what is no lock at the end.
    private static func fastestFirst(_ block: [CellSummary]) -> [CellSummary] {
        let sorted = block.sorted { ($0.throughput ?? -1) > ($1.throughput ?? -1) }
        return sorted.filter { $0.cell.lock.properties.excludes } + sorted.filter { !$0.cell.lock.properties.excludes }
    }

    private static func document(_ fallen: Set<Cell>) -> Document<CellSummary> {
        func item(_ title: String, isNumber: Bool = true, _ text: @escaping @Sendable (CellSummary) -> String)
            -> Document<CellSummary>.Item
        { .init(title, title, isNumber: isNumber, shown: text) { .text(text($0)) } }
        return Document(items: [
            item("lock", isNumber: false) { $0.cell.lock.name },
            item("throughput") { (fallen.contains($0.cell) ? "▼" : "") + shown($0.throughput, Figure.rate) },
            item("±") { shown($0.spread) { "\(Figure.decimal($0 * 100, 0))%" } },
            item("p50") { shown($0.p50, Figure.time) },
            item("p99") { shown($0.p99, Figure.time) },
            item("p99.9") { shown($0.p999, Figure.time) },
            item("jain") { shown($0.jain) { Figure.decimal($0, 2) } },
            item("robust", isNumber: false) { survives($0.cell.lock.properties.ownerDeath) },
            item("data", isNumber: false) { verdict($0) },
        ])
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
