package import ShmCoordinator
package import ShmCore
internal import ShmRecord

/// The sentences of a stress test on promises. They cover only what was tested.
package struct Promises {
    package let results: [StressResult]
    /// Combinations of lock and fault that were requested and not tested.
    package let missing: [StressResult]
    /// Whether all operations of the locks were tested.
    package let isComplete: Bool
    /// Whether the test was interrupted.
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
        if tried.isEmpty { return ["Nothing was tested: no fault was injected."] + obstacles }
        var sentences = tried.compactMap { result in
            result.breach.map { "\(result.lock) breaks its promise under \(result.fault.name): \($0)." }
        }
        let open = untried
        if sentences.isEmpty {
            let locks = Set(tried.map(\.lock)).count
            sentences.append(
                !tried.contains(where: \.lock.properties.excludes)
                    ? "No lock was tested, only controls."
                    : open.isEmpty && !wasCutShort
                        ? isComplete
                            ? "Every lock kept its promises." : "Every lock kept its tested promises."
                        : "No lock broke a promise; \(locks) of \(counted(all.count, "lock")) \(all.count == 1 ? "was" : "were") tested."
            )
        }
        return sentences + open
    }

    private var all: [LockKind] { (results + missing).map(\.lock).uniqued() }

    /// The sentence on combinations that were possible and not tested.
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
        return parts.isEmpty ? [] : ["Not tested: \(parts.joined(separator: "; "))."]
    }

    /// The first locks by name, and the number of others.
    package static func names(_ locks: [LockKind]) -> String { names(locks.map(\.name)) }

    static func names(_ locks: [String]) -> String {
        let shown = 6
        return locks.prefix(shown).joined(separator: ", ")
            + (locks.count > shown ? " and \(locks.count - shown) more" : "")
    }

    private var obstacles: [String] {
        results.compactMap { result in result.obstacle.map { "\(result.fault.name): \($0)." } }.uniqued()
    }
}
