package import ShmCompare
internal import ShmCoordinator
internal import ShmCore
internal import ShmRecord

/// The table of cells: one line per cell, a block per workload and number of workers. At most 80 columns wide, with more
/// columns on a wide terminal.
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

    /// The page width from which the table has all columns.
    package static let wide = 110

    /// The table as text or Markdown.
    package var text: String {
        let titles = LoadTitles(summaries)
        return blocks.map { block in
            let title = titles.title(block[0].load)
            let layout = layout(block)
            return markdown
                ? "**\(title)**\n\n" + layout.markdown(sorted(block)) + "\n"
                : page.wrapped(title) + "\n" + layout.table(sorted(block), for: page)
        }.joined(separator: "\n")
    }

    /// The titles of the columns that the page has room for.
    var titles: Set<String> { Set(blocks.flatMap { layout($0).titles(sorted($0), for: page) }) }

    /// The lines by load, in the requested order.
    private var blocks: [[CellSummary]] {
        let blocks = Dictionary(grouping: summaries, by: \.load)
        return summaries.map(\.load).uniqued().compactMap { blocks[$0] }
    }

    /// The lines in the requested order, controls last.
    private func sorted(_ block: [CellSummary]) -> [CellSummary] {
        let sorted = block.sorted(by: sort.sorts)
        return sorted.filter(\.excludes) + sorted.filter { !$0.excludes }
    }

    /// The denominator of `rel`: the throughput of the fastest lock that survives its owner's death.
    private static func reference(_ block: [CellSummary]) -> Double? {
        block.filter { $0.survivesOwnerDeath && $0.isAsPromised }.compactMap(\.throughput).max()
    }

    private func layout(_ block: [CellSummary]) -> TableLayout<CellSummary> {
        let (fallen, reference) = (Collapse.fallen(summaries), Self.reference(block))
        let isUnequal = block.contains { $0.load.sectionShares != nil }
        let isOpen = block.contains(where: \.load.isOpen)
        func column(_ name: String, _ text: (@Sendable (CellSummary) -> String)? = nil) -> TableLayout<CellSummary>.Item
        {
            .init(SummaryColumn.all[name], text)
        }
        var items: [TableLayout<CellSummary>.Item] = [
            column("lock"),
            column("throughput_per_s") {
                (fallen.contains($0.cell) ? "▼" : "") + Self.shown($0.throughput, Figure.count)
            },
            .init("±", number: \.spread, or: "-") { Percent.spread($0) },
            column("acquire_p50_ns") { $0.isOverloaded ? "overloaded" : Self.shown($0.p50, Figure.time) },
            column("acquire_p99_ns"), column("acquire_p999_ns"),
        ]
        if isOpen {
            items.append(column("uncorrected_p99_ns"))
        } else {
            // In an open loop, the schedule determines the throughput.
            items.insert(
                .init("rel", isNumber: true) { line in
                    Self.shown(reference.flatMap { best in line.throughput.map { $0 / best } }) {
                        Figure.decimal($0, 2)
                    }
                }, at: 3)
        }
        if markdown || page.width >= Self.wide {
            items += ["acquire_max_ns", "hold_p50_ns", "handoff_p50_ns"].map { column($0) }
        }
        return TableLayout(
            items: items + [column("fairness_jain")] + (isUnequal ? [column("lock_opportunity_jain")] : []) + [
                column("survives_owner_death") { Self.survives($0.properties?.ownerDeath) },
                column("integrity") { Self.verdict($0) },
            ], expendable: ["rel", "p99.9", "closed", "max", "hold", "handoff", "jain", "±", "p50"])
    }

    private static func shown(_ figure: Double?, _ format: (Double) -> String) -> String {
        figure.map(format) ?? "-"
    }

    /// Whether the lock survives its owner's death.
    private static func survives(_ ownerDeath: LockProperties.OwnerDeath?) -> String {
        switch ownerDeath {
        case .reported: "yes"
        case .hangs: "no"
        case .notApplicable: "-"
        case nil: "?"
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
