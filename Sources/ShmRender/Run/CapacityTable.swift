internal import ShmCoordinator
internal import ShmCore
internal import ShmHarness
package import ShmRecord

/// The highest sustainable rates, a line per cell.
package enum CapacityTable {
    package static func text(_ capacities: [Capacity], bound: TimeSpan, markdown: Bool, page: Page) -> String {
        let title = "Highest rate with p99 below \(bound), arrivals \(capacities.first?.cell.spacing.name ?? "poisson")"
        return markdown
            ? "**\(title)**\n\n\(document.markdown(capacities))\n"
            : "\(page.wrapped(title))\n\(document.table(capacities, for: page))"
    }

    /// The titles of the columns that the page has room for.
    static func titles(_ capacities: [Capacity], page: Page) -> Set<String> {
        Set(document.titles(capacities, for: page))
    }

    private static let document = Document<Capacity>(
        items: CapacityColumn.all.map { field in
            field.name == "sustained_per_s"
                ? .init(field) { $0.cell.rate > 0 ? field.shown($0) : "none" } : .init(field)
        }, expendable: ["closed loop", "fails at", "share"])
}
