internal import ShmCoordinator
internal import ShmCore
internal import ShmRecord

extension Report {
    /// The results of a stress test: a suite per lock, a case per fault.
    package init(_ matrix: SurvivalMatrix) {
        let all = matrix.results + matrix.missing
        let suites = all.map(\.lock).uniqued().map { lock in
            Suite(lock.name, all.filter { $0.lock == lock }.map(Self.check))
        }
        self.init(
            "stress",
            text: { page in
                var matrix = matrix
                matrix.page = page
                return matrix.text(markdown: false)
            }, markdown: { matrix.text(markdown: true) }, records: matrix.records,
            facts: [
                .init("requested", .object(StressRequestColumn.all, matrix.request))
            ] + Self.quality(isComplete: !matrix.wasCutShort && matrix.missing.isEmpty, matrix.warnings)
                + [.init("verdict", .texts(matrix.verdict))], suites: suites,
            notices: Self.notices(all), exhibit: { matrix.exhibit })
    }

    private static func check(_ result: StressResult) -> Check {
        let name = result.fault.name
        if let breach = result.breach { return Check(name, .failed, breach) }
        if case .notApplicable(let why) = result.verdict { return Check(name, .skipped, why) }
        if !result.wasTried { return Check(name, .skipped, "not tested") }
        return Check(
            name, .passed,
            "\(SurvivalMatrix.word(result)) in \(counted(result.episodes, "episode")) with \(counted(result.kills, "kill"))"
        )
    }

    private static func notices(_ results: [StressResult]) -> [Notice] {
        let breaches = results.compactMap { result in
            result.breach.map { Notice(.error, "\(result.lock), \(result.fault.name)", $0) }
        }
        let untried = results.count { $0.verdict == .untried }
        let tried =
            "\(results.count(where: \.wasTried)) of \(counted(results.count, "combination")) of lock and fault \(results.count == 1 ? "was" : "were") tested"
        let verdict =
            breaches.isEmpty
            ? Notice(untried > 0 ? .warning : .notice, "shmbench", "\(tried); no promise was broken")
            : Notice(.error, "shmbench", "\(tried); \(breaches.count) broke a promise")
        return breaches + [verdict]
    }
}
