package import ShmHistory
internal import ShmRecord

/// Rounds of a history in which a lock did not do what it promises. How fast a broken lock is says nothing, so they take no part
/// in figures over time, and are counted instead.
package enum BrokenRounds {
    /// What tells them.
    package static let columns = ["lock", "integrity", "kill_failures"]

    /// - Parameter values: one for each of ``columns``.
    package static func isBroken(_ values: some Collection<HistoryValue>) -> Bool {
        let values = Array(values)
        // What was not told is not held against it.
        guard let integrity = values[1].text else { return false }
        return !Record.isAsPromised(
            lock: values[0].text ?? "", integrity: integrity, killFailures: values[2].number ?? 0)
    }

    /// How many each run has, by its id.
    package static func count(_ history: History) throws -> [String: Int] {
        let rounds: [[HistoryValue]]
        do { rounds = try history.rounds(["run_id"] + columns) } catch { throw Failure(error.description) }
        return rounds.reduce(into: [:]) { counts, round in
            if let id = round[0].text, isBroken(round.dropFirst()) { counts[id, default: 0] += 1 }
        }
    }
}
