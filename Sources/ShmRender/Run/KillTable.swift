internal import ShmCompare
internal import ShmCoordinator
internal import ShmRecord

/// The recovery of locks whose owners were killed (`run --kills`), and which locks were not killed.
struct KillTable {
    private let summaries: [CellSummary]

    init(_ summaries: [CellSummary]) { self.summaries = summaries }

    /// The table; `nil` if no owner was killed.
    func text(isMarkdown: Bool) -> String? {
        let killed = summaries.filter { $0.kills > 0 }
        if killed.isEmpty { return nil }
        let title = "Kills of owners"
        return isMarkdown
            ? "**\(title)**\n\n\(document.markdown(killed))\n" : "\(title)\n\(document.table(killed))"
    }

    private var document: Document<CellSummary> {
        func item(_ title: String, _ text: @escaping @Sendable (CellSummary) -> String) -> Document<CellSummary>.Item {
            .init(title, title, isNumber: true, shown: text) { .text(text($0)) }
        }
        func time(_ title: String, _ figure: @escaping @Sendable (CellSummary) -> Double?) -> Document<CellSummary>.Item
        { item(title) { figure($0).map(Figure.time) ?? "-" } }
        return Document(items: [
            .init("lock", "lock") { $0.lock },
            item("workers") { "\($0.load.workers)" }, item("kills") { "\($0.kills)" },
            item("failed") { "\($0.killFailures)" }, time("recovery", \.recovery), time("reaped", \.reaping),
        ])
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
            let names =
                mortal.prefix(6).joined(separator: ", ") + (mortal.count > 6 ? " and \(mortal.count - 6) more" : "")
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
