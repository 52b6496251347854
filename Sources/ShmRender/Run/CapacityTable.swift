internal import ShmCoordinator
internal import ShmCore
internal import ShmHarness
package import ShmRecord

/// The highest sustainable rates, a line per cell.
package enum CapacityTable {
    package static func text(_ capacities: [Capacity], bound: TimeSpan, markdown: Bool, page: Page) -> String {
        let words = CapacityText(capacities: capacities, bound: bound)
        let title = "\(words.title), arrivals \(capacities.first?.cell.load.arrivalPhrase ?? "poisson")"
        return markdown
            ? "**\(title)**\n\n\(layout.markdown(capacities))\n"
            : "\(page.wrapped(title))\n\(layout.table(capacities, for: page))"
    }

    /// The titles of the columns that the page has room for.
    static func titles(_ capacities: [Capacity], page: Page) -> Set<String> {
        Set(layout.titles(capacities, for: page))
    }

    static func exhibit(_ capacities: [Capacity], bound: TimeSpan) -> Exhibit.Table {
        layout.exhibit(CapacityText(capacities: capacities, bound: bound).title, capacities)
    }

    private static let layout = TableLayout<Capacity>(
        items: CapacityColumn.all.filter { $0.name != "least_per_s" }.map { field in
            field.name == "sustained_per_s" ? .init(field) { CapacityText.sustained($0) } : .init(field)
        }, expendable: ["closed loop", "fails at", "share"])
}
