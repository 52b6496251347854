package import ShmCoordinator
package import ShmCore
internal import ShmHarness

/// A request to another process to count the instructions of a lock's paths, in the dialogue of ``RoundRequest``: a line.
package struct PathCostRequest: Equatable {
    private static let verb = "count"
    private static let answer = "counted"

    /// The lock's name, or `plugin` for the plugin's.
    package let lock: String
    /// How often each path is counted.
    package let repetitions: Int

    package init(lock: String, repetitions: Int) {
        self.lock = lock
        self.repetitions = repetitions
    }

    package var line: String { "\(Self.verb) lock=\(lock) repetitions=\(repetitions)" }

    /// Parses a line; `nil` if it is another request.
    ///
    /// - Throws: ``Failure`` if it names no lock, or an odd number.
    package init?(_ line: String) throws {
        guard line.split(separator: " ").first == Self.verb[...] else { return nil }
        let words = try RequestWords(line, skipping: 1)
        lock = try words.text("lock")
        repetitions = try words.number("repetitions", 1...100)
    }

    /// The requested lock.
    ///
    /// - Throws: ``Failure`` if this program does not have it, or this machine does not support it.
    package func kind() throws -> LockKind { try LockSelection.supported(lock) }

    /// The answer to a request.
    package static func line(_ costs: [PathCost]) -> String {
        ([answer]
            + costs.map { cost in
                let (steps, calls) = (cost.instructions, cost.systemCalls)
                return
                    "\(cost.path)=\(steps.lowerBound)-\(steps.upperBound)/\(calls.lowerBound)-\(calls.upperBound)"
            }).joined(separator: " ")
    }

    /// Reads an answer; `nil` if it is another line. Paths that this program does not know are left out.
    package static func costs(_ line: String) -> [PathCost]? {
        let words = line.split(separator: " ")
        guard words.first == answer[...] else { return nil }
        var costs: [PathCost] = []
        for word in words.dropFirst() {
            let parts = word.split(separator: "=", omittingEmptySubsequences: false)
            guard parts.count == 2 else { return nil }
            let ranges = parts[1].split(separator: "/").compactMap { range($0) }
            guard ranges.count == 2 else { return nil }
            guard let path = CrashPath(named: String(parts[0])) else { continue }
            costs.append(PathCost(path, instructions: ranges[0], systemCalls: ranges[1]))
        }
        return costs
    }

    private static func range(_ text: Substring) -> ClosedRange<Int>? {
        let words = text.split(separator: "-", omittingEmptySubsequences: false)
        let ends = words.compactMap { Int($0) }
        return words.count == 2 && ends.count == 2 && 0 <= ends[0] && ends[0] <= ends[1] ? ends[0]...ends[1] : nil
    }
}
