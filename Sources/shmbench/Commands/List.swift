internal import ArgumentParser
internal import ShmCore
internal import TextTable

/// `shmbench list`.
struct List: ParsableCommand {
    static let configuration = CommandConfiguration(
        abstract: "Show the catalogue of locks and what each promises.")

    @Flag(help: "Print the names alone, a line each, for scripts.")
    var names = false

    mutating func run() throws {
        if names { return try Terminal.show(LockKind.all.map { "\($0.name)\n" }.joined()) }
        let table = TextTable<LockKind> { kind in
            let lock = kind.properties
            return [
                Column(title: "lock", value: kind == .default ? "\(lock.name) *" : lock.name),
                Column(title: "family", value: lock.family.rawValue),
                Column(title: "waiting", value: lock.waiting.rawValue),
                Column(title: "fairness", value: lock.fairness.rawValue),
                Column(title: "owner dies", value: lock.ownerDeath.rawValue),
                Column(title: "kernel object", value: lock.kernelObject ?? "-"),
                Column(title: "PI", value: lock.priorityInheritance ? "yes" : "-"),
                Column(title: "nodes", value: lock.nodesPerParticipant == 0 ? "-" : "\(lock.nodesPerParticipant)"),
            ]
        }
        let summaries = LockKind.all.map { "  \($0.name.padded(to: 16))\($0.properties.summary)\n" }.joined()
        let obstacles = LockKind.all.compactMap { kind in
            kind.obstacle.map { "This machine cannot have \(kind): \($0).\n" }
        }.joined()
        try Terminal.show(
            """
            \(Terminal.trimmed(table.string(for: LockKind.all, style: Style.simple) ?? ""))
            \(summaries)
            \(obstacles)* the kind that a segment gets when its creator names none
            owner dies: what the next process meets when the owner is killed while it holds the lock.
              reported  gets the lock and is told      hangs  waits for ever      n/a  there is nothing to hold

            """)
    }
}
