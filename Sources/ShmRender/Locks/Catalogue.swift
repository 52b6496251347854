package import ShmCore
internal import ShmRecord

/// The catalogue of locks as a document: a block per family, controls last.
package enum Catalogue {
    /// All kinds, grouped by family.
    package static var kinds: [LockKind] {
        families.flatMap { family in LockKind.all.filter { $0.properties.family == family } }
    }

    private static let families: [LockProperties.Family] = [
        .futex, .pthread, .kernel, .spin, .queue, .classic, .plugin, .control,
    ]

    private static func title(_ family: LockProperties.Family) -> String {
        switch family {
        case .futex: "futex: a word in shared memory, and futex(2) under contention"
        case .pthread: "pthread: glibc's, process-shared"
        case .kernel: "kernel: a kernel object, directly or through glibc"
        case .spin: "spin: all waiters spin on one word"
        case .queue: "queue: each waiter spins or sleeps on its own node"
        case .classic: "classic: without read-modify-write instructions"
        case .plugin: "plugin: from a shared object"
        case .control: "controls: not locks, for comparison"
        }
    }

    /// Text; the summaries are a column on a wide page, and a list below the table otherwise.
    package static func text(_ page: Page = Page()) -> String {
        let isWide = page.width >= 140
        let layout = TableLayout(
            items: brief + (isWide ? [summary] : []), expendable: ["what it is", "kernel object", "notes", "waiter"])
        // One table, so that all blocks have the same column widths.
        let lines = layout.table(kinds, for: page).split(separator: "\n")
        var text = lines.prefix(2).joined(separator: "\n") + "\n"
        var rest = lines.dropFirst(2)
        for family in families {
            let count = LockKind.all.filter { $0.properties.family == family }.count
            if count == 0 { continue }
            text += "\(page.wrapped(title(family)))\n" + rest.prefix(count).joined(separator: "\n") + "\n"
            rest = rest.dropFirst(count)
        }
        if !isWide { text += "\n" + kinds.map { page.hanging($0.name.padded(to: 22), $0.properties.summary) }.joined() }
        return text + "\n" + obstacles + ([fastModes] + confines).map { page.wrapped($0) + "\n" }.joined()
            + legend(layout.titles(kinds, for: page))
    }

    /// The summaries are always a column.
    package static var markdown: String {
        families.compactMap { family in
            let block = LockKind.all.filter { $0.properties.family == family }
            if block.isEmpty { return nil }
            return "**\(title(family))**\n\n" + TableLayout(items: brief + [summary]).markdown(block) + "\n"
        }.joined(separator: "\n") + "\n" + obstacles + ([fastModes] + confines).joined(separator: "\n") + "\n\n"
            + legend((brief + [summary]).map(\.title))
    }

    private static let summary = TableLayout<LockKind>.Item(LockColumn.all["summary"])

    private static let brief: [TableLayout<LockKind>.Item] = [
        .init(LockColumn.all["name"]) { $0 == .default ? "\($0.name) *" : $0.name },
        .init(LockColumn.all["waiting"]),
        .init(LockColumn.all["fairness"]) {
            $0.properties.fairness == .unordered ? "-" : $0.properties.fairness.rawValue
        },
        .init(LockColumn.all["owner_death"]),
        .init("waiter") { kind in
            if !kind.properties.excludes { "-" } else { kind.properties.survivesWaiterDeath ? "goes on" : "hangs" }
        },
        .init(LockColumn.all["kernel_object"]),
        .init("notes") { notes($0.properties) },
    ]

    private static func notes(_ lock: LockProperties) -> String {
        var notes: [String] = []
        if lock.priorityInheritance { notes.append("PI") }
        if lock.sharesReaders { notes.append("readers") }
        if lock.nodesPerParticipant > 0 { notes.append("node") }
        if !lock.threads { notes.append("1/process") }
        return notes.isEmpty ? "-" : notes.joined(separator: " ")
    }

    /// Properties that have no column in the table, with the kinds that have them.
    private static var confines: [String] {
        func names(_ has: KeyPath<LockProperties, Bool>) -> String {
            LockKind.all.filter { $0.properties[keyPath: has] }.map(\.name).joined(separator: ", ")
        }
        return [
            "All participants must be in one PID namespace: \(names(\.onePIDNamespace)).",
            "All participants must be in one IPC namespace: \(names(\.oneIPCNamespace)).",
            "A second lock by the same thread, without a handle, fails with EDEADLK: \(names(\.detectsRelock)); all others "
                + "deadlock. A SharedMemory handle detects it for every lock.",
        ]
    }

    /// Whether robust-futex can leave out atomic instructions on this machine.
    private static var fastModes: String {
        let kind = LockKind.robustFutex
        return kind.fastModeObstacle.map { "This machine does not support the quiet mode and bias of \(kind): \($0)." }
            ?? "This machine supports the quiet mode and bias of \(kind)."
    }

    private static var obstacles: String {
        LockKind.all.compactMap { kind in kind.obstacle.map { "This machine does not support \(kind): \($0).\n" } }
            .joined()
    }

    /// Explains the columns with these titles.
    private static func legend(_ titles: [String]) -> String {
        "* the default kind of a new segment\n"
            + meanings.filter { meaning in titles.contains { meaning.hasPrefix($0 + ": ") } }.joined()
    }

    private static let meanings = [
        """
        waits: blocks, sleeps in the kernel · parks, spins for a limited time, then
          sleeps · yields, spins, then yields the CPU between iterations · spins

        """,
        """
        order: barging, any process may take a free lock · fifo, in the order of
          arrival · bounded, each other process passes a waiter at most once

        """,
        """
        owner dies: after the owner is killed while it holds the lock: reported, the
          next process acquires it and learns of the death · hangs, all wait forever

        """,
        """
        waiter: what the other processes do after a waiter is killed

        """,
        """
        notes: PI, the owner inherits priority · readers share the lock · node, each
          participant has a node in shared memory · 1/process, one owner per process

        """,
    ]
}
