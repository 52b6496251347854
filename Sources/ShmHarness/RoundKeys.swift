/// The keys of one round's two segments. They name the coordinator, so that what a dead one left can be told and
/// removed.
public struct RoundKeys: Sendable, Hashable {
    /// What every segment of a coordinator begins with.
    public static func prefix(coordinator: Int32) -> String { "shmbench.\(coordinator)." }

    /// The coordinator of a segment, where it is one of this tool's.
    public static func coordinator(of key: String) -> Int32? {
        let parts = key.split(separator: ".")
        guard parts.count == 4, parts[0] == "shmbench" else { return nil }
        guard parts[2] == "life" || parts[3] == "arena" || parts[3] == "test" else { return nil }
        return Int32(parts[1])
    }

    /// The key of a segment whose own life is measured.
    public static func life(coordinator: Int32, _ name: String) -> String {
        prefix(coordinator: coordinator) + "life." + name
    }

    /// The arena's key.
    public let arena: String
    /// The test segment's key.
    public let test: String

    /// The keys of a coordinator's n-th round.
    public init(coordinator: Int32, round: Int) {
        arena = Self.prefix(coordinator: coordinator) + "\(round).arena"
        test = Self.prefix(coordinator: coordinator) + "\(round).test"
    }
}
