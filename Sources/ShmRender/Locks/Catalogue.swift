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
        let document = Document(
            items: brief + (isWide ? [summary] : []), expendable: ["what it is", "kernel object", "notes", "waiter"])
        // One table, so that all blocks have the same column widths.
        let lines = document.table(kinds, for: page).split(separator: "\n")
        var text = lines.prefix(2).joined(separator: "\n") + "\n"
        var rest = lines.dropFirst(2)
        for family in families {
            let count = LockKind.all.filter { $0.properties.family == family }.count
            if count == 0 { continue }
            text += "\(page.wrapped(title(family)))\n" + rest.prefix(count).joined(separator: "\n") + "\n"
            rest = rest.dropFirst(count)
        }
        if !isWide { text += "\n" + kinds.map { page.hanging($0.name.padded(to: 22), $0.properties.summary) }.joined() }
        return text + "\n" + obstacles + confines.map { page.wrapped($0) + "\n" }.joined() + legend
    }

    /// Markdown.
    package static var markdown: String {
        families.compactMap { family in
            let block = LockKind.all.filter { $0.properties.family == family }
            if block.isEmpty { return nil }
            return "**\(title(family))**\n\n" + Document(items: brief + [summary]).markdown(block) + "\n"
        }.joined(separator: "\n") + "\n" + obstacles + confines.joined(separator: "\n") + "\n\n" + legend
    }

    /// All properties, for programs.
    package static let full = Document<LockKind>(items: [
        .init("lock", "name") { $0.name },
        .init("family", "family") { $0.properties.family.rawValue },
        .init("waits", "waiting") { $0.properties.waiting.rawValue },
        .init("order", "fairness") { $0.properties.fairness.rawValue },
        .init("owner dies", "owner_death") { $0.properties.ownerDeath.rawValue },
        .init("waiter dies", "survives_waiter_death") { yes($0.properties.survivesWaiterDeath) },
        .init("kernel object", "kernel_object", shown: { $0.properties.kernelObject ?? "-" }) { kind in
            kind.properties.kernelObject.map { .text($0) } ?? .empty
        },
        .init("PI", "priority_inheritance") { yes($0.properties.priorityInheritance) },
        .init("readers", "shares_readers") { yes($0.properties.sharesReaders) },
        .init("threads", "threads") { yes($0.properties.threads) },
        .init("nodes", "nodes_per_participant", isNumber: true, shown: { "\($0.properties.nodesPerParticipant)" }) {
            .integer($0.properties.nodesPerParticipant)
        },
        .init("polls", "polls_until_deadline") { yes($0.properties.pollsUntilDeadline) },
        .init("PID ns", "one_pid_namespace") { yes($0.properties.onePIDNamespace) },
        .init("excludes", "excludes") { yes($0.properties.excludes) },
        .init("default", "is_default") { yes($0 == .default) },
        .init("obstacle", "obstacle", shown: { $0.obstacle ?? "-" }) { $0.obstacle.map { .text($0) } ?? .empty },
        summary,
        .init("IPC ns", "one_ipc_namespace") { yes($0.properties.oneIPCNamespace) },
        .init("relock", "detects_relock") { yes($0.properties.detectsRelock) },
    ])

    private static let summary = Document<LockKind>.Item("what it is", "summary") { $0.properties.summary }

    private static let brief: [Document<LockKind>.Item] = [
        .init("lock", "name") { $0 == .default ? "\($0.name) *" : $0.name },
        .init("waits", "waiting") { $0.properties.waiting.rawValue },
        .init("order", "fairness") { $0.properties.fairness == .unordered ? "-" : $0.properties.fairness.rawValue },
        .init("owner dies", "owner_death") { $0.properties.ownerDeath.rawValue },
        .init("waiter", "waiter_death") { kind in
            if !kind.properties.excludes { "-" } else { kind.properties.survivesWaiterDeath ? "goes on" : "hangs" }
        },
        .init("kernel object", "kernel_object") { $0.properties.kernelObject ?? "-" },
        .init("notes", "notes") { notes($0.properties) },
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

    private static var obstacles: String {
        LockKind.all.compactMap { kind in kind.obstacle.map { "This machine does not support \(kind): \($0).\n" } }
            .joined()
    }

    private static let legend = """
        * the default kind of a new segment
        waits: blocks, sleeps in the kernel · parks, spins for a limited time, then
          sleeps · yields, spins, then yields the CPU between iterations · spins
        order: barging, any process may take a free lock · fifo, in the order of
          arrival · bounded, each other process passes a waiter at most once
        owner dies: after the owner is killed while it holds the lock: reported, the
          next process acquires it and learns of the death · hangs, all wait forever
        waiter: what the other processes do after a waiter is killed
        notes: PI, the owner inherits priority · readers share the lock · node, each
          participant has a node in shared memory · 1/process, one owner per process

        """

    private static func yes(_ is: Bool) -> String { `is` ? "yes" : "no" }
}
