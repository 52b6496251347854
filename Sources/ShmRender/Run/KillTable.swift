internal import ShmCompare
internal import ShmCoordinator
internal import ShmRecord

/// The recovery of locks whose owners were killed (`run --kills`), and which locks were not killed.
struct KillTable {
    private let summaries: [CellSummary]

    init(_ summaries: [CellSummary]) { self.summaries = summaries }

    /// The table; `nil` if no owner was killed.
    func text(_ page: Page, isMarkdown: Bool) -> String? {
        let killed = summaries.filter { $0.kills > 0 }
        if killed.isEmpty { return nil }
        let title = "Kills of owners"
        return isMarkdown
            ? "**\(title)**\n\n\(document.markdown(killed))\n" : "\(title)\n\(document.table(killed, for: page))"
    }

    private var document: Document<CellSummary> {
        func column(_ name: String) -> Document<CellSummary>.Item { .init(SummaryColumn.all[name]) }
        return Document(
            items: [
                column("lock"), column("workers"), column("kills"), column("kill_failures"), column("recovery_p50_ns"),
                .init("reaped", isNumber: true) { $0.reaping.map(Figure.time) ?? "-" },
            ], expendable: ["reaped"])
    }

    /// What the columns mean, and which locks were not killed, and why; none if no owner was killed.
    var sentences: [String] {
        guard summaries.contains(where: { $0.kills > 0 }) else { return [] }
        let others = summaries.filter { $0.kills == 0 && $0.excludes && $0.integrity != .stuck }
        let mortal = others.filter { !$0.survivesOwnerDeath }.map(\.lock).uniqued()
        var lines = [
            "recovery: median time from a kill to the next acquisition; reaped: to the end of the process in the kernel."
        ]
        if !mortal.isEmpty {
            let names = Promises.names(mortal)
            lines.append(
                "No owner was killed of \(names): \(mortal.count == 1 ? "it does" : "they do") not promise to survive that, and all workers would wait forever."
            )
        }
        if others.contains(where: { $0.survivesOwnerDeath && $0.load.workers == 1 }) {
            lines.append("With 1 worker no owner was killed: no other worker would go on.")
        }
        return lines
    }
}
