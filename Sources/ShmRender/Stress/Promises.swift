package import ShmCoordinator
package import ShmCore
internal import ShmRecord

/// What a stress test says of promises: of what was tried, and of nothing else.
package struct Promises {
    package let results: [StressResult]
    /// What was to be tried, and was not come to.
    package let missing: [StressResult]
    /// Whether all that the locks offer was tried.
    package let isComplete: Bool
    /// Whether the test ended before its end.
    package let wasCutShort: Bool

    package init(
        results: [StressResult], missing: [StressResult], isComplete: Bool, wasCutShort: Bool
    ) {
        self.results = results
        self.missing = missing
        self.isComplete = isComplete
        self.wasCutShort = wasCutShort
    }

    package var text: [String] {
        let tried = results.filter(\.wasTried)
        if tried.isEmpty { return ["Nothing was tried: no fault was done to any lock."] + obstacles }
        var sentences = tried.compactMap { result in
            result.breach.map { "\(result.lock) breaks its promise under \(result.fault.name): \($0)." }
        }
        let open = untried
        if sentences.isEmpty {
            let locks = Set(tried.map(\.lock)).count
            sentences.append(
                open.isEmpty && !wasCutShort
                    ? isComplete
                        ? "Every lock kept its promises." : "Every lock kept those of its promises that were tried."
                    : "No promise was broken in what was tried: \(locks) of \(all.count) locks.")
        }
        return sentences + open
    }

    private var all: [LockKind] { (results + missing).map(\.lock).uniqued() }

    /// What was to be tried, could be, and was not.
    private var untried: [String] {
        let locks = all
        let open = results.filter { $0.verdict == .untried } + missing
        let tried = Set(results.filter(\.wasTried).map(\.lock))
        let whole = locks.filter { !tried.contains($0) }
        var parts: [String] = []
        if !whole.isEmpty { parts.append(Self.names(whole)) }
        for lock in locks where tried.contains(lock) {
            let faults = open.filter { $0.lock == lock }.map(\.fault.name).uniqued()
            if !faults.isEmpty { parts.append("\(lock) under \(faults.joined(separator: ", "))") }
        }
        return parts.isEmpty ? [] : ["Not tried: \(parts.joined(separator: "; "))."]
    }

    /// A few locks by name, and how many more there are.
    package static func names(_ locks: [LockKind]) -> String {
        let shown = 6
        return locks.prefix(shown).map(\.name).joined(separator: ", ")
            + (locks.count > shown ? " and \(locks.count - shown) more" : "")
    }

    private var obstacles: [String] {
        results.compactMap { result in result.obstacle.map { "\(result.fault.name): \($0)." } }.uniqued()
    }
}
