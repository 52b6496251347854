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
                .init("requested", .object(CrashRequestColumn.all, CrashRequest(results, conditions))),
                .init("verdict", .texts(CrashTable.sentences(results, conditions))),
            ],
            suites: results.map(Self.suite), notices: Self.notices(results))
    }

    private static func suite(_ result: CrashResult) -> Suite {
        if !result.isKnown { return Suite(result.lock.name, [Check("crash", .skipped, result.words)]) }
        let isBroken = !result.verdict.isAsPromised
        let paths = result.paths.map { path, tally in
            let harm = tally.hangs + tally.corruptions
            return Check(
                path.name, isBroken && harm > 0 ? .failed : .passed,
                "\(tally.kills) kills, \(tally.hangs) hangs, \(tally.corruptions) corruptions")
        }
        let left = result.left.map { Check($0.path.name, .skipped, $0.reason) }
        return Suite(result.lock.name, paths + left)
    }

    private static func notices(_ results: [CrashResult]) -> [Notice] {
        let breaches = results.flatMap { result in
            result.verdict.isAsPromised
                ? [] : result.breaches.prefix(1).map { Notice(.error, result.lock.name, $0) }
        }
        let broken = results.count { !$0.verdict.isAsPromised }
        let open = results.count { !$0.isKnown }
        let count = "\(results.count) lock\(results.count == 1 ? "" : "s")"
        let verdict =
            if broken > 0 {
                Notice(.error, "shmbench", "\(broken) of \(count) broke a promise")
            } else if open > 0 || results.isEmpty {
                Notice(
                    .warning, "shmbench",
                    "the test of \(open) of \(count) is incomplete; the others kept their promises")
            } else {
                Notice(.notice, "shmbench", "\(count) kept \(results.count == 1 ? "its" : "their") promises")
            }
        return breaches + [verdict]
    }
}
