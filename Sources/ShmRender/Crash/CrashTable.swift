internal import ShmCompare
package import ShmCoordinator
internal import ShmCore
internal import ShmHarness
package import ShmRecord

/// The table of a crash test, one line per lock and at most 80 columns wide, with an explanation.
package enum CrashTable {
    package static func text(
        _ results: [CrashResult], _ conditions: CrashConditions, isMarkdown: Bool = false, _ page: Page = Page()
    ) -> String {
        let tried = results.filter { $0.total.kills > 0 }.map { CrashRow($0, conditions) }
        let titles = layout.titles(tried, for: page)
        let lines = (sentences(results, conditions) + [""] + legend(results, conditions, titles)).map {
            page.wrapped($0)
        }
        .joined(separator: "\n")
        let table = isMarkdown ? layout.markdown(tried) + "\n" : layout.table(tried, for: page)
        return table + lines + "\n"
    }

    private static let layout = TableLayout<CrashRow>(
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
            let place = result.recordedTotal == nil ? "; stderr says where" : ""
            lines.append("\(breach(result))\(place). Do not use it.")
        }
        // Untested locks count in the total, so "every" means all that were requested.
        let promising = results.filter { $0.lock.properties.survivesOwnerDeath }
        let surviving = promising.count { $0.verdict == .survives }
        if surviving > 0 && surviving == promising.count {
            lines.append("Every lock that promises to survive its owner's death did, \(place).")
        } else if surviving > 0 {
            lines.append(
                "\(surviving) of \(counted(promising.count, "lock")) that promise to survive their owner's death did, \(place)."
            )
        }
        for (words, isTried) in [("Incomplete", true), ("Not tested", false)] {
            let locks = results.filter { !$0.isKnown && ($0.total.kills > 0) == isTried }.map(\.lock)
            if !locks.isEmpty { lines.append("\(words): \(Promises.names(locks)).") }
        }
        lines += untested(results, conditions)
        lines += controls(results).filter(\.isCaught).map { "The \($0.text)." }
        return lines + warnings(results).map { "Warning: \($0.text)." }
    }

    /// What the controls say about the check: whether it finds what they do wrong.
    static func controls(_ results: [CrashResult]) -> [(isCaught: Bool, text: String)] {
        var controls: [(isCaught: Bool, text: String)] = []
        if results.contains(where: { $0.verdict == .corruptsAsExpected }) {
            controls.append((true, "control `none` takes no lock and failed the check, so the check works"))
        }
        if results.contains(where: { $0.verdict == .notCaught }) {
            let words = "control `none` passed the check, which therefore has little power here; use more --paths"
            controls.append((false, words))
        }
        return controls
    }

    /// What makes the results doubtful.
    static func warnings(_ results: [CrashResult]) -> [Warning] {
        var warnings = controls(results).filter { !$0.isCaught }.map { Warning(.controlPassed, "the \($0.text)") }
        warnings.addDiscarded(results.reduce(0) { $0 + $1.discarded }, "kill")
        return warnings
    }

    /// The sentence on paths that were not tested, by reason.
    private static func untested(_ results: [CrashResult], _ conditions: CrashConditions) -> [String] {
        let left = results.filter { $0.total.kills > 0 }.flatMap { result in
            result.left(of: conditions.paths).map { (lock: result.lock, path: $0.path, reason: $0.reason) }
        }
        let groups = left.map(\.reason).uniqued().map { reason in
            let those = left.filter { $0.reason == reason }
            let paths = those.map(\.path.name).uniqued().joined(separator: ", ")
            // What --paths leaves out, it leaves out for every lock.
            let locks = reason.contains("--paths") ? "" : " of \(Promises.names(those.map(\.lock).uniqued()))"
            return "\(paths)\(locks) (\(reason))"
        }
        return groups.isEmpty ? [] : ["Untested paths: \(groups.joined(separator: "; "))."]
    }

    /// Explains the table.
    private static func legend(_ results: [CrashResult], _ conditions: CrashConditions, _ titles: [String]) -> [String]
    {
        var lines: [String] = []
        let every = conditions.every == 1 ? "each" : "every \(conditions.every)th"
        let paths = results.flatMap { $0.paths.map(\.path.name) }.uniqued().joined(separator: ", ")
        let meanings = [
            ("deaths", " deaths: acquisitions to which the lock reported an owner's death."),
            ("slowest", " slowest: longest time from a kill to the next acquisition."),
        ].filter { titles.contains($0.0) }.map(\.1).joined()
        lines.append(
            "\(titles.contains("instr.") ? "instr.: machine instructions" : "Machine instructions") of lock, critical section and unlock (paths: \(paths)); a target is killed at "
                + "\(every), also asleep, and after the end of a path.\(meanings) hang: a live process waits for 2 s.")
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
        let hangs = total.hangs - total.missedDeadlines
        let isDeath = hangs > 0 || total.corruptions > 0
        let promise =
            result.lock.properties.survivesOwnerDeath && isDeath
            ? " promises to survive its owner's death and did not" : " breaks its promise"
        if hangs > 0 && result.verdict == .brokenPromise {
            let missed = result.recordedTotal == nil ? "" : ", or missed its deadline,"
            parts.append("a live process hung\(missed) after \(hangs) of \(counted(total.kills, "kill"))")
        }
        if total.missedDeadlines > 0 && result.verdict == .brokenPromise {
            parts.append("a wait did not end at its deadline, \(counted(total.missedDeadlines, "time"))")
        }
        if total.corruptions > 0 {
            parts.append(
                "the data or the lock's report of the death were wrong after \(total.corruptions) of \(counted(total.kills, "kill"))"
            )
        }
        return "\(result.lock)\(promise): \(parts.joined(separator: ", and "))"
    }
}
