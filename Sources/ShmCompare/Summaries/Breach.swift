internal import ShmCoordinator
package import ShmRecord

/// Names the promises that a lock broke: mutual exclusion and progress during rounds, and survival of kills after them.
package enum Breach {
    package static func words(_ records: [Record]) -> String {
        var parts: [String] = []
        let failed = records.filter { $0.integrity == .failed }
        func sum(_ column: String) -> Double { failed.numbers(column).reduce(0, +) }
        let (overlaps, lost) = (sum("overlaps"), sum("lost_updates"))
        if overlaps > 0 { parts.append("admitted two processes at once (\(counted(whole(overlaps), "time")))") }
        if lost > 0 { parts.append("lost \(counted(whole(lost), "update"))") }
        if !failed.isEmpty && parts.isEmpty { parts.append("failed the integrity check") }
        let stuck = records.filter { $0.integrity == .stuck }
        if !stuck.isEmpty {
            // Only the run itself prints the positions of its workers.
            let place =
                stuck.contains { $0.unrecorded != nil } ? " (see the lines about its workers)" : ""
            parts.append("made no progress\(place)")
        }
        if let breach = kills(records) { parts.append("did not survive the kill of an owner (\(breach))") }
        return parts.joined(separator: " and ")
    }

    private static func kills(_ records: [Record]) -> String? {
        if let breach = records.compactMap({ $0.unrecorded?.killBreach }).first { return breach }
        func sum(_ column: String) -> Double { records.numbers(column).reduce(0, +) }
        let failures = sum("kill_failures")
        return failures > 0 ? "after \(whole(failures)) of \(counted(whole(sum("kills")), "kill"))" : nil
    }

    /// A sum of a column; a file may hold any number.
    private static func whole(_ sum: Double) -> Int { Int(min(sum, 1e15)) }
}
