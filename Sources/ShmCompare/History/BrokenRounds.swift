package import ShmHistory
internal import ShmRecord

/// Rounds of a history in which the lock broke a promise. Their figures are meaningless, so series leave them out and report
/// their number.
package enum BrokenRounds {
    /// The columns that decide.
    package static let columns = ["lock", "integrity", "kill_failures"]

    /// Whether the lock broke a promise in a round.
    ///
    /// - Parameter values: one for each of ``columns``.
    package static func isBroken(_ values: some Collection<HistoryValue>) -> Bool {
        let values = Array(values)
        // A round without the column is not broken.
        guard let integrity = values[1].text else { return false }
        return !Record.isAsPromised(
            lock: values[0].text ?? "", integrity: integrity, killFailures: values[2].number ?? 0)
    }

    /// The number of broken rounds by run identifier.
    package static func count(_ history: History) throws -> [String: Int] {
        let rounds: [[HistoryValue]]
        do { rounds = try history.rounds(["run_id"] + columns) } catch { throw Failure(error.description) }
        return rounds.reduce(into: [:]) { counts, round in
            if let id = round[0].text, isBroken(round.dropFirst()) { counts[id, default: 0] += 1 }
        }
    }
}
