internal import ShmCoordinator
package import ShmRecord

/// Which promise a lock broke in rounds, and nothing that it did not: kills of owners after a round are one thing, what the
/// oracle found in the round is another.
package enum Breach {
    package static func words(_ rows: [Row]) -> String {
        var parts: [String] = []
        let failed = rows.filter { $0.result.integrity == .failed }
        let overlaps = failed.reduce(0) { $0 + $1.result.overlaps }
        let lost = failed.reduce(0) { $0 + $1.result.lostUpdates }
        if overlaps > 0 { parts.append("let two in at once (\(overlaps) times)") }
        if lost > 0 { parts.append("lost \(lost) updates") }
        if !failed.isEmpty && parts.isEmpty { parts.append("failed the integrity check") }
        if rows.contains(where: { $0.result.integrity == .stuck }) {
            parts.append("made no progress (the lines about its workers say where each was)")
        }
        if let breach = rows.compactMap(\.recovery?.breach).first {
            parts.append("did not survive the kill of an owner (\(breach))")
        }
        return parts.joined(separator: ", and ")
    }
}
