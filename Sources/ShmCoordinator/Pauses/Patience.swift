internal import ShmCore
internal import ShmHarness

/// A time limit that counts only time in which this process ran: time in which the run was frozen does not count as
/// waiting.
///
/// Every decision that a process hangs, is late or does not answer uses it.
package struct Patience: Sendable {
    private let start: UInt64
    private let limit: UInt64

    /// A limit that starts now.
    package static func after(_ limit: Duration) -> Patience {
        let (seconds, attoseconds) = limit.components
        return after(nanoseconds: seconds * 1_000_000_000 + attoseconds / 1_000_000_000)
    }

    /// A limit in nanoseconds that starts now.
    package static func after(nanoseconds: Int64) -> Patience {
        _ = PauseWatch.shared
        return Patience(start: Clock.now(), limit: UInt64(max(0, nanoseconds)))
    }

    /// Whether the limit has passed.
    package var hasPassed: Bool {
        Clock.now() &- start >= limit && PauseWatch.shared.elapsed(since: start) >= limit
    }

    /// The time left, in ns.
    package var remaining: Int64 {
        let spent = PauseWatch.shared.elapsed(since: start)
        return spent < limit ? Int64(clamping: limit - spent) : 0
    }
}
