/// What a round's workers do at a time. The coordinator alone moves from one to the next.
public enum Phase: UInt32, Sendable, Comparable {
    /// Workers arrive at the barrier.
    case gathering = 0
    /// Workers contend; nothing is counted.
    case warmup = 1
    /// Workers contend and count; no clock is read.
    case throughput = 2
    /// Workers meet at the barrier once more, so that no acquisition of the next phase begins unseen in this one.
    case settle = 3
    /// Workers contend and time every acquisition.
    case latency = 4
    /// As ``settle``, before the next window.
    case regroup = 5
    /// Workers contend, and log who holds the lock in which order and for how long.
    case order = 6
    /// Workers finish what they are doing and leave.
    case stop = 7

    /// By the order of a round.
    public static func < (left: Phase, right: Phase) -> Bool { left.rawValue < right.rawValue }
}
