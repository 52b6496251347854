/// The phases of a round: the protocol between coordinator and workers. Only the coordinator moves the round to the
/// next phase, and wakes sleeping workers; workers read the phase word before each acquisition.
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
///     awaits n that joined ◄────────────┤                  counts no timing before all have joined
///     awaits the window's end           │
///     enters regroup       ─────────► regroup
///     awaits 3n arrivals   ◄────────────┼────────────────  arrives, sleeps while regroup
///     enters order         ─────────► order ────────────►  joins; logs who holds the lock, and for how long
///     awaits n that joined ◄────────────┤
///     awaits the window's end           │
///     enters stop          ─────────► stop ─────────────►  measures its delays: done, exits
///     awaits n exits       ◄─────────────────────────────
///
/// The coordinator may enter `stop` from any other phase, and a round without a latency or an order window leaves out that
/// phase and the barrier before it. The loops end when the phase word no longer names their
/// phase, and a worker at the barrier wakes in any later phase, so every worker passes through the remaining phases to
/// its end. A worker whose lock fails becomes `failed` and exits at once, in any phase; a worker that makes no progress
/// is killed. Each store of the phase word is a release and each load that follows a sleep is an acquire, so what the
/// coordinator wrote before is visible to the workers.
public enum Phase: UInt32, Sendable, Comparable {
    /// Workers arrive at the barrier.
    case gathering = 0
    /// Workers contend; nothing is counted.
    case warmup = 1
    /// Workers contend and count; no clock is read.
    case throughput = 2
    /// Workers meet at the barrier once more, so that no acquisition that the next phase measures begins in this one.
    case settle = 3
    /// Workers contend and time every acquisition.
    case latency = 4
    /// As ``settle``, before the next window.
    case regroup = 5
    /// Workers contend, and log the order of owners and their hold times.
    case order = 6
    /// Workers finish their work and exit.
    case stop = 7

    /// Phases compare by their order in a round.
    public static func < (left: Phase, right: Phase) -> Bool { left.rawValue < right.rawValue }
}
