/// What a round's workers do at a time: the protocol between coordinator and workers. The coordinator alone moves from one
/// phase to the next, and wakes those that sleep; workers look at the phase word before their acquisitions.
///
///     coordinator                   phase word             each of n workers
///
///     starts n workers              gathering              absent
///                                       │                  attaches: ready
///     awaits n arrivals    ◄────────────┼────────────────  arrives, sleeps while gathering
///     enters warmup        ─────────► warmup ───────────►  contending: nothing is counted
///     awaits steadiness                 │
///     enters throughput    ─────────► throughput ───────►  counts its sections, reads no clock
///     awaits the window's end           │
///     enters settle        ─────────► settle ───────────►  writes down what the window cost
///     awaits 2n arrivals   ◄────────────┼────────────────  arrives, sleeps while settle
///     enters latency       ─────────► latency ──────────►  joins; times every acquisition
///     awaits n that joined ◄────────────┤                  what is timed before does not count
///     awaits the window's end           │
///     enters regroup       ─────────► regroup
///     awaits 3n arrivals   ◄────────────┼────────────────  arrives, sleeps while regroup
///     enters order         ─────────► order ────────────►  joins; logs who holds the lock, and for how long
///     awaits n that joined ◄────────────┤
///     awaits the window's end           │
///     enters stop          ─────────► stop ─────────────►  measures its delays: done, exits
///     awaits n exits       ◄─────────────────────────────
///
/// The coordinator may enter `stop` from any other phase: loops end where the phase is no longer theirs, and sleepers are
/// woken by any later phase, so workers come to their end through the rest. A worker whose lock fails is `failed` and exits
/// at once, in any phase; one that makes no progress is killed. Each store of the phase is a release and each look
/// that follows a sleep an acquire, so what was written before is seen.
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
