package import ShmCompare
package import ShmCoordinator
internal import ShmCore
internal import ShmHarness
internal import ShmRecord

/// The table that a person reads: one line a cell, a block for each workload and number of workers. At most 80 columns
/// wide, or with more figures where the terminal has room for them.
package struct SummaryTable {
    package let summaries: [CellSummary]
    package var markdown: Bool
    package var sort: SortKey
    package var page: Page

    package init(
        summaries: [CellSummary], markdown: Bool = false, sort: SortKey = SortKey.throughput, page: Page = Page()
    ) {
        self.summaries = summaries
        self.markdown = markdown
        self.sort = sort
        self.page = page
    }

    /// From how many columns on the wide form is shown.
    package static let wide = 110

    package var text: String {
        blocks.map { block in
            let title = Self.title(block[0].cell)
            let document = document(block)
            return markdown
                ? "**\(title)**\n\n" + document.markdown(sorted(block)) + "\n"
                : title + "\n" + document.table(sorted(block))
        }.joined(separator: "\n")
    }

    /// What a block of the table is about.
    private struct Heading: Hashable {
        let scenario: String
        let workers: Int
        let rate: Double
    }

    /// Lines of one workload and number of workers, in the order in which they were asked for.
    private var blocks: [[CellSummary]] {
        var order: [Heading] = []
        var blocks: [Heading: [CellSummary]] = [:]
        for line in summaries {
            let heading = Heading(scenario: line.cell.scenario, workers: line.cell.workers, rate: line.cell.rate)
            if blocks[heading] == nil { order.append(heading) }
            blocks[heading, default: []].append(line)
        }
        return order.compactMap { blocks[$0] }
    }

    package static func title(_ cell: Cell) -> String {
        var title = cell.scenario == "default" ? "" : "\(cell.scenario): "
        title += cell.workers == 1 ? "1 worker" : "\(cell.workers) workers"
        if cell.spacing != .closed {
            title += ", \(Figure.rate(cell.rate)) due in all, \(cell.spacing.name)"
        } else if cell.workers == 1 {
            title += ", nobody to wait for"
        }
        if cell.readPercent > 0 { title += ", \(cell.readPercent)% of the sections only read" }
        return title
    }

    /// As asked; what is no lock at the end.
    private func sorted(_ block: [CellSummary]) -> [CellSummary] {
        let sorted = block.sorted(by: sort.sorts)
        return sorted.filter { $0.cell.lock.properties.excludes } + sorted.filter { !$0.cell.lock.properties.excludes }
    }

    /// The throughput that others are compared with: of the fastest lock that survives its owner's death.
    private static func reference(_ block: [CellSummary]) -> Double? {
        block.filter { $0.cell.lock.properties.survivesOwnerDeath && $0.isAsPromised }.compactMap(\.throughput).max()
    }

    private func document(_ block: [CellSummary]) -> Document<CellSummary> {
        let (fallen, reference) = (Cliff.fallen(summaries), Self.reference(block))
        let isOpen = block.contains { $0.cell.spacing != .closed }
        func item(_ title: String, isNumber: Bool = true, _ text: @escaping @Sendable (CellSummary) -> String)
            -> Document<CellSummary>.Item
        { .init(title, title, isNumber: isNumber, shown: text) { .text(text($0)) } }
        func time(_ title: String, _ figure: @escaping @Sendable (CellSummary) -> Double?) -> Document<CellSummary>.Item
        { item(title) { Self.shown(figure($0), Figure.time) } }
        var items = [
            item("lock", isNumber: false) { $0.cell.lock.name },
            item("rate/s") { (fallen.contains($0.cell) ? "▼" : "") + Self.shown($0.throughput, Figure.count) },
            item("±") { Self.shown($0.spread) { "\(Figure.decimal($0 * 100, 0))%" } },
            item("p50") { $0.isOverloaded ? "overloaded" : Self.shown($0.p50, Figure.time) },
            time("p99", \.p99), time("p99.9", \.p999),
        ]
        if isOpen {
            items.append(time("closed", \.uncorrectedP99))
        } else {
            // Of an open loop, throughput is the schedule's.
            items.insert(
                item("rel") { line in
                    Self.shown(reference.flatMap { best in line.throughput.map { $0 / best } }) {
                        Figure.decimal($0, 2)
                    }
                }, at: 3)
        }
        if markdown || page.width >= Self.wide {
            items += [time("max", \.longest), time("hold", \.hold), time("hand-off", \.handoff)]
        }
        return Document(
            items: items + [
                item("jain") { Self.shown($0.jain) { Figure.decimal($0, 2) } },
                item("robust", isNumber: false) { Self.survives($0.cell.lock.properties.ownerDeath) },
                item("data", isNumber: false) { Self.verdict($0) },
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
        case .ok: line.isCutShort ? "cut" : "ok"
        case .failed: line.isAsPromised ? "fail*" : "FAILED"
        case .stuck: "STUCK"
        }
    }
}
