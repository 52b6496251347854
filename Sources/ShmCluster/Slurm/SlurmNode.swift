internal import ShmRecord

/// A node in a partition, as `sinfo` says.
struct SlurmNode: Equatable {
    let name: String
    let partition: String
    let isInDefault: Bool
    /// As in `idle`, `down*`.
    let state: String
    /// Why it is down or drained; empty if it is not.
    let reason: String

    /// `%N` node, `%P` partition, `%T` state, `%E` reason, which may have any characters and is last. No name has the separator.
    static let format = "%N|%P|%T|%E"
    static let arguments = ["--noheader", "--Node", "--format=\(format)"]
    private static let command = "sinfo --noheader --Node --format='\(format)'"

    /// Reads the answer of `sinfo`.
    static func all(_ answer: String) throws -> [SlurmNode] {
        try answer.split(separator: "\n").filter { !$0.allSatisfy(\.isWhitespace) }.map { line in
            let words = line.split(separator: "|", maxSplits: 3, omittingEmptySubsequences: false).map(\.trimmingBlanks)
            guard words.count == 4, NodeName.isSafe(words[0]), !words[1].isEmpty, words[2].first?.isLetter == true
            else {
                throw SlurmTools.unreadable(line, of: command, expected: "node|partition|state|reason")
            }
            let isDefault = words[1].hasSuffix("*")
            return SlurmNode(
                name: words[0], partition: isDefault ? String(words[1].dropLast()) : words[1], isInDefault: isDefault,
                state: words[2], reason: words[3] == "none" ? "" : PlainWords.of(words[3]))
        }
    }

    /// States in which a node gets no new jobs before somebody does something. `*` is appended if it does not respond.
    private static let unavailable = ["down", "drain", "fail", "error", "unknown", "maint", "future", "inval"]

    /// Why no job will start there; `nil` if one may.
    var obstacle: String? {
        let isDown = Self.unavailable.contains(where: state.lowercased().hasPrefix) || state.contains("*")
        guard isDown else { return nil }
        let words = state.contains("*") ? "\(state.filter { $0 != "*" }), and does not respond" : state
        return "Slurm says that the node is \(words)" + (reason.isEmpty ? "" : " (\(reason))")
    }
}
