package import ShmCoordinator
internal import ShmCore
internal import ShmHarness
package import ShmRecord

extension Report {
    /// The results of a crash test: a suite per lock, a case per path.
    package init(_ results: [CrashResult], _ conditions: CrashConditions) {
        let hasTried = results.contains { $0.total.kills > 0 }
        self.init(
            "crash", text: { hasTried ? CrashTable.text(results, conditions, $0) : "" },
            markdown: { hasTried ? CrashTable.text(results, conditions, isMarkdown: true) : "" },
            records: Records(
                schema: CrashColumn.schema, CrashColumn.all, results.map { CrashRow($0, conditions) }),
            facts: [
                .init("requested", .object(CrashRequestColumn.all, CrashRequest(results, conditions)))
            ]
                + Self.quality(
                    isComplete: !results.isEmpty && results.allSatisfy(\.isComplete), CrashTable.warnings(results))
                + [.init("verdict", .texts(CrashTable.sentences(results, conditions)))],
            suites: results.map { Self.suite($0, conditions) }, notices: Self.notices(results),
            exhibit: { CrashExhibit(results: results, conditions: conditions).exhibit })
    }

    private static func suite(_ result: CrashResult, _ conditions: CrashConditions) -> Suite {
        if !result.isKnown { return Suite(result.lock.name, [Check("crash", .skipped, result.words)]) }
        let isBroken = !result.verdict.isAsPromised
        let paths = result.paths.map { path, tally in
            let harm = tally.hangs + tally.corruptions
            return Check(
                path.name, isBroken && harm > 0 ? .failed : .passed,
                [counted(tally.kills, "kill"), counted(tally.hangs, "hang"), counted(tally.corruptions, "corruption")]
                    .joined(separator: ", "))
        }
        if result.recordedTotal != nil {
            let total = result.total
            let text =
                "\(result.words): \(counted(total.kills, "kill")), \(counted(total.hangs, "hang")), \(counted(total.corruptions, "corruption"))"
            return Suite(result.lock.name, [Check("all paths", isBroken ? .failed : .passed, text)])
        }
        let left = result.left(of: conditions.paths).map { Check($0.path.name, .skipped, $0.reason) }
        return Suite(result.lock.name, paths + left)
    }

    private static func notices(_ results: [CrashResult]) -> [Notice] {
        let breaches = results.flatMap { result in
            result.verdict.isAsPromised
                ? []
                // A results file has no findings.
                : (result.breaches + [result.words]).prefix(1).map { Notice(.error, result.lock.name, $0) }
        }
        let controls = CrashTable.controls(results).map { Notice($0.isCaught ? .notice : .warning, "none", $0.text) }
        return breaches + controls + [verdict(results)]
    }

    /// The verdict on the locks. Controls promise nothing.
    private static func verdict(_ results: [CrashResult]) -> Notice {
        let locks = results.filter(\.lock.properties.excludes)
        let broken = results.count { !$0.verdict.isAsPromised }
        let open = locks.count { !$0.isKnown }
        let count = counted(locks.count, "lock")
        if broken > 0 { return Notice(.error, "shmbench", "\(broken) of \(count) broke a promise") }
        if locks.isEmpty { return Notice(.warning, "shmbench", "no lock was tested, only controls") }
        if open > 0 {
            let others = open < locks.count ? "; the others kept their promises" : ""
            return Notice(.warning, "shmbench", "the test of \(open) of \(count) is incomplete\(others)")
        }
        return Notice(.notice, "shmbench", "\(count) kept \(locks.count == 1 ? "its" : "their") promises")
    }
}
