internal import ShmCoordinator
internal import ShmCore
internal import ShmHarness
package import ShmRecord

/// The highest sustainable rates, a line per cell.
package enum CapacityTable {
    package static func text(_ capacities: [Capacity], bound: TimeSpan, markdown: Bool, page: Page) -> String {
        func item(_ title: String, isNumber: Bool = true, _ text: @escaping @Sendable (Capacity) -> String)
            -> Document<Capacity>.Item
        { .init(title, title, isNumber: isNumber, shown: text) { .text(text($0)) } }
        let document = Document<Capacity>(
            items: [
                item("lock", isNumber: false) { $0.cell.lock.name },
                item("workers") { "\($0.cell.workers)" },
                item("sustains") { $0.cell.rate > 0 ? Figure.rate($0.cell.rate) : "none" },
                item("p99 there") { $0.p99.map(Figure.time) ?? "-" },
                item("fails at") { $0.tooHigh.map(Figure.rate) ?? "-" },
                item("closed loop") { Figure.rate($0.closed) },
                item("share") { Figure.decimal($0.cell.rate / $0.closed, 2) },
            ], expendable: ["closed loop", "fails at", "share"])
        let title = "Highest rate with p99 below \(bound), arrivals \(capacities.first?.cell.spacing.name ?? "poisson")"
        return markdown
            ? "**\(title)**\n\n\(document.markdown(capacities))\n"
            : "\(page.wrapped(title))\n\(document.table(capacities, for: page))"
    }
}
