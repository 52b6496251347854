internal import ShmCoordinator
internal import ShmCore
internal import ShmHarness

/// The table of a crash test that a person reads: one line a lock, at most 80 columns wide, and what it means.
enum CrashTable {
    static func text(_ results: [CrashResult], _ options: CrashOptions) -> String {
        let lines = sentences(results, options).map { Terminal.wrapped($0) }.joined(separator: "\n")
        let table = options.format == .markdown ? document.markdown(results) + "\n" : document.table(results)
        return table + lines + "\n"
    }

    private static var document: Document<CrashResult> {
        func number(_ title: String, _ text: @escaping @Sendable (CrashResult) -> String) -> Document<CrashResult>.Item
        {
            .init(title, title, isNumber: true, shown: text) { .text(text($0)) }
        }
        return Document(items: [
            .init("lock", "lock") { $0.lock.name },
            number("instr.") { "\($0.total.instructions)" },
            number("kills") { "\($0.total.kills)" },
            number("told") { "\($0.total.ownerDeaths)" },
            number("hangs") { "\($0.total.hangs)" },
            number("corrupt") { "\($0.total.corruptions)" },
            number("slowest") { $0.total.slowestRecovery.map { Figure.time(Double($0)) } ?? "-" },
            .init("verdict", "verdict") { $0.verdict.words },
        ])
    }

    private static func sentences(_ results: [CrashResult], _ options: CrashOptions) -> [String] {
        var lines: [String] = []
        for result in results where !result.verdict.isAsPromised {
            let what =
                result.lock.properties.survivesOwnerDeath
                ? "promises to survive its owner's death and did not" : "let two in, or lost an update"
            lines.append("\(result.lock) \(what); stderr says where: do not use it.")
        }
        let promising = results.filter { $0.lock.properties.survivesOwnerDeath }
        if !promising.isEmpty && promising.allSatisfy({ $0.verdict == .survives }) {
            lines.append("Every lock that promises to survive its owner's death did, wherever the owner was killed.")
        }
        let left = results.flatMap(\.left).map { "\($0.path) (\($0.reason))" }.uniqued()
        if !left.isEmpty {
            lines.append("Not exercised, and not said to be survived: \(left.joined(separator: ", ")).")
        }
        if results.contains(where: { $0.verdict == .corruptsAsExpected }) {
            lines.append("`none` takes no lock: that the check caught it shows that the check works.")
        }
        if results.contains(where: { $0.verdict == .notCaught }) {
            lines.append("Warning: `none` was not caught, so the check says little here; take more --paths.")
        }
        lines.append("")
        let every = options.every == 1 ? "every one" : "every \(options.every)th"
        let paths = results.flatMap { $0.paths.map(\.path.name) }.uniqued().joined(separator: ", ")
        lines.append(
            "instr.: machine instructions of lock, critical section and unlock (paths: \(paths)), a victim killed at "
                + "\(every). told: acquisitions that were told of an owner's death. slowest: from a kill until another process had the lock. A hang: a live process waits for 2 s."
        )
        if results.contains(where: { $0.total.hangs > 1 }) {
            lines.append(
                "After its first hang (its fifth, where it promises to survive) a lock is given up after 25 ms asleep, or 50 ms of spinning."
            )
        }
        return lines
    }
}
