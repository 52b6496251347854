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
            ? "**\(title)**\n\n\(layout(capacities).markdown(capacities))\n"
            : "\(page.wrapped(title))\n\(layout(capacities).table(capacities, for: page))"
    }

    /// The titles of the columns that the page has room for.
    static func titles(_ capacities: [Capacity], page: Page) -> Set<String> {
        Set(layout(capacities).titles(capacities, for: page))
    }

    static func exhibit(_ capacities: [Capacity], bound: TimeSpan) -> Exhibit.Table {
        layout(capacities).exhibit(CapacityText(capacities: capacities, bound: bound).title, capacities)
    }

    /// The columns, with one for each parameter that differs between the searches of a grid.
    private static func layout(_ capacities: [Capacity]) -> TableLayout<Capacity> {
        let columns = ["lock", "workers", "sustained_per_s", "p99_ns", "failed_per_s", "closed_loop_per_s", "share"]
        var items = columns.map { name -> TableLayout<Capacity>.Item in
            let field = CapacityColumn.all[name]
            return name == "sustained_per_s" ? .init(field) { CapacityText.sustained($0) } : .init(field)
        }
        items.insert(
            contentsOf: CapacityText.parameters(capacities).map { parameter in
                .init(parameter.title, isNumber: true) { parameter.shown($0.cell.load) }
            }, at: 2)
        return TableLayout(items: items, expendable: ["closed loop", "fails at", "share"])
    }
}
