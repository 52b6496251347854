internal import ShmCoordinator
internal import ShmCore
internal import ShmHarness
package import ShmRecord

/// The promises of locks over several machines: kept everywhere, or broken on which.
package struct PromiseMap {
    /// What a machine's test says of a promise.
    package enum Outcome: Equatable {
        case kept
        /// With the finding in words.
        case broken(String)
        /// Not tested there, with the reason; empty if unknown.
        case untested(String)
    }

    /// One promise: that of a lock in a crash test, or of a lock under a fault.
    package struct Line {
        package let lock: String
        /// The fault; empty in a crash test, whose files do not say on which path a promise was broken.
        package let fault: String
        /// By machine.
        package let outcomes: [Outcome]
        /// Paths of a crash test that were tested on some of the machines with the lock, and not on others.
        package let partialPaths: [(path: String, untested: [Int])]

        /// The machines that kept it.
        package var kept: [Int] { outcomes.indices.filter { outcomes[$0] == .kept } }
        package var broken: [Int] { outcomes.indices.filter { if case .broken = outcomes[$0] { true } else { false } } }
        package var untested: [Int] {
            outcomes.indices.filter { if case .untested = outcomes[$0] { true } else { false } }
        }
        /// Whether it was tested and kept on each machine.
        package var isKeptEverywhere: Bool { kept.count == outcomes.count && partialPaths.isEmpty }
    }

    /// The names of the machines.
    package let machines: [String]
    package let lines: [Line]

    package var isAsPromised: Bool { lines.allSatisfy(\.broken.isEmpty) }
    /// Whether each promise was tested on each machine.
    package var isComplete: Bool { lines.allSatisfy { $0.untested.isEmpty && $0.partialPaths.isEmpty } }

    /// The promises of crash tests, one recording for each machine.
    package init(_ machines: [(name: String, crashes: RecordedCrashes)]) {
        self.machines = machines.map(\.name)
        let tests = machines.map { machine in
            Dictionary(machine.crashes.results.map { ($0.lock.name, $0) }) { first, _ in first }
        }
        lines = machines.flatMap { $0.crashes.results.map(\.lock.name) }.uniqued().map { lock in
            let results = tests.map { $0[lock] }
            let tested = results.enumerated().compactMap { index, result in result.map { (index, $0) } }
            let paths = CrashPath.allCases.compactMap { path -> (path: String, untested: [Int])? in
                let without = tested.filter { !$0.1.paths.contains { $0.path == path } }.map(\.0)
                return without.isEmpty || without.count == tested.count ? nil : (path.name, without)
            }
            return Line(lock: lock, fault: "", outcomes: results.map(Self.outcome), partialPaths: paths)
        }
    }

    /// The promises of stress tests, one recording for each machine.
    package init(_ machines: [(name: String, stress: RecordedStress)]) {
        self.machines = machines.map(\.name)
        let tests = machines.map { machine in
            Dictionary(machine.stress.results.map { ([$0.lock.name, $0.fault.name], $0) }) { first, _ in first }
        }
        let keys = machines.flatMap { $0.stress.results.map { [$0.lock.name, $0.fault.name] } }.uniqued()
        lines = keys.map { key in
            Line(lock: key[0], fault: key[1], outcomes: tests.map { Self.outcome($0[key]) }, partialPaths: [])
        }
    }

    private static func outcome(_ result: CrashResult?) -> Outcome {
        guard let result else { return .untested("") }
        if !result.verdict.isAsPromised { return .broken(result.words) }
        return result.isKnown ? .kept : .untested(result.words)
    }

    private static func outcome(_ result: StressResult?) -> Outcome {
        guard let result else { return .untested("") }
        if let breach = result.breach { return .broken(breach) }
        if case .notApplicable(let reason) = result.verdict { return .untested(reason) }
        return result.wasTried ? .kept : .untested("")
    }
}
