package import ShmCoordinator
internal import ShmCore
internal import ShmHarness
package import ShmRecord

/// The table of a crash test, one line per lock and at most 80 columns wide, with an explanation.
package enum CrashTable {
    package static func text(
        _ results: [CrashResult], _ conditions: CrashConditions, isMarkdown: Bool = false, _ page: Page = Page()
    ) -> String {
        let lines = (sentences(results, conditions) + [""] + legend(results, conditions)).map { page.wrapped($0) }
            .joined(separator: "\n")
        let tried = results.filter { $0.total.kills > 0 }.map { CrashRow($0, conditions) }
        let table = isMarkdown ? document.markdown(tried) + "\n" : document.table(tried, for: page)
        return table + lines + "\n"
    }

    private static let document = Document<CrashRow>(
        items: [
            "lock", "instructions", "kills", "owner_deaths", "hangs", "corruptions", "slowest_recovery_ns", "verdict",
        ].map { .init(CrashColumn.all[$0]) },
        expendable: ["instructions", "slowest_recovery_ns", "owner_deaths"].map { CrashColumn.all[$0].title })

    /// The verdict, a sentence each.
    static func sentences(_ results: [CrashResult], _ conditions: CrashConditions) -> [String] {
        var lines: [String] = []
        let place =
            conditions.every == 1
            ? "wherever the owner was killed" : "at every \(conditions.every)th instruction of the tested paths"
        for result in results where !result.verdict.isAsPromised {
            lines.append("\(breach(result)); stderr says where. Do not use it.")
        }
        // Untested locks count in the total, so "every" means all that were requested.
        let promising = results.filter { $0.lock.properties.survivesOwnerDeath }
        let surviving = promising.count { $0.verdict == .survives }
        if surviving > 0 && surviving == promising.count {
            lines.append("Every lock that promises to survive its owner's death did, \(place).")
        } else if surviving > 0 {
            lines.append(
                "\(surviving) of \(promising.count) locks that promise to survive their owner's death did, \(place)."
            )
        }
        for (words, isTried) in [("Incomplete", true), ("Not tested", false)] {
            let locks = results.filter { !$0.isKnown && ($0.total.kills > 0) == isTried }.map(\.lock)
            if !locks.isEmpty { lines.append("\(words): \(Promises.names(locks)).") }
        }
        let left = results.flatMap(\.left).map { "\($0.path) (\($0.reason))" }.uniqued()
        if !left.isEmpty {
            lines.append("Untested paths: \(left.joined(separator: ", ")).")
        }
        if results.contains(where: { $0.verdict == .corruptsAsExpected }) {
            lines.append("The control `none` takes no lock and failed the check, so the check works.")
        }
        if results.contains(where: { $0.verdict == .notCaught }) {
            lines.append(
                "Warning: the control `none` passed the check, which therefore has little power here; use more --paths."
            )
        }
        return lines
    }

    /// Explains the table.
    private static func legend(_ results: [CrashResult], _ conditions: CrashConditions) -> [String] {
        var lines: [String] = []
        let every = conditions.every == 1 ? "each" : "every \(conditions.every)th"
        let paths = results.flatMap { $0.paths.map(\.path.name) }.uniqued().joined(separator: ", ")
        lines.append(
            "instr.: machine instructions of lock, critical section and unlock (paths: \(paths)); a target is killed at "
                + "\(every), also asleep, and after the end of a path. deaths: acquisitions to which the lock reported an owner's death. slowest: longest time from a kill to the next acquisition. hang: a live process waits for 2 s."
        )
        if results.contains(where: { $0.total.hangs > 1 }) {
            lines.append(
                "After its first hang (its fifth if it promises to survive), a lock counts as hung after 25 ms asleep or 50 ms of spinning."
            )
        }
        return lines
    }

    /// The broken promise: hangs, corruptions or both.
    private static func breach(_ result: CrashResult) -> String {
        let total = result.total
        var parts: [String] = []
        let promise =
            result.lock.properties.survivesOwnerDeath
            ? " promises to survive its owner's death and did not" : " breaks its promise"
        if total.hangs > 0 && result.verdict == .brokenPromise {
            parts.append("a live process hung after \(total.hangs) of \(total.kills) kills")
        }
        if total.corruptions > 0 {
            parts.append(
                "the data or the lock's report of the death were wrong after \(total.corruptions) of \(total.kills) kills"
            )
        }
        return "\(result.lock)\(promise): \(parts.joined(separator: ", and "))"
    }
}
