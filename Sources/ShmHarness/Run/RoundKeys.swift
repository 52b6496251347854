/// The keys of a round's two segments. They contain the run's id, so that the leftovers of a dead run can be recognised
/// and removed.
public struct RoundKeys: Sendable, Hashable {
    /// The prefix of all segments of a run, and of its lease.
    public static func prefix(run: RunID) -> String { "shmbench.\(run)." }

    /// The run to which a segment belongs; `nil` for a segment of another program.
    public static func run(of key: String) -> RunID? { owner(of: key).flatMap { RunID($0) } }

    /// The coordinator's process id in a key of version 0.1.0, which had no run ids.
    public static func coordinator(of key: String) -> Int32? {
        guard let owner = owner(of: key), owner.utf8.count <= 10, let process = Int32(owner), process > 0 else {
            return nil
        }
        return owner == "\(process)" ? process : nil
    }

    private static func owner(of key: String) -> Substring? {
        let parts = key.split(separator: ".", omittingEmptySubsequences: false)
        guard parts.count == 4, parts[0] == "shmbench", !parts[3].isEmpty else { return nil }
        let isRound = UInt(parts[2]).map { "\($0)" == parts[2] } ?? false
        guard parts[2] == "life" || isRound && (parts[3] == "arena" || parts[3] == "test") else { return nil }
        return parts[1]
    }

    /// The key of a segment outside of rounds, whose own creation and removal are measured.
    public static func life(run: RunID, _ name: String) -> String { prefix(run: run) + "life." + name }

    /// The arena's key.
    public let arena: String
    /// The test segment's key.
    public let test: String

    /// The keys of a run's round.
    public init(run: RunID, round: Int) {
        arena = Self.prefix(run: run) + "\(round).arena"
        test = Self.prefix(run: run) + "\(round).test"
    }
}
