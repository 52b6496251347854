internal import ShmCore
internal import ShmHarness

/// A time limit that counts only while this process ran: a run that was frozen for a while has not waited meanwhile.
///
/// What decides that a process hangs, is late or does not answer goes by it.
package struct Patience: Sendable {
    private let start: UInt64
    private let limit: UInt64

    /// A limit of so long from now on.
    package static func after(_ limit: Duration) -> Patience {
        let (seconds, attoseconds) = limit.components
        return after(nanoseconds: seconds * 1_000_000_000 + attoseconds / 1_000_000_000)
    }

    /// The same in nanoseconds.
    package static func after(nanoseconds: Int64) -> Patience {
        _ = PauseWatch.shared
        return Patience(start: Clock.now(), limit: UInt64(max(0, nanoseconds)))
    }

    /// Whether it is over.
    package var hasPassed: Bool {
        Clock.now() &- start >= limit && PauseWatch.shared.elapsed(since: start) >= limit
    }

    /// How much of it is left, ns.
    package var remaining: Int64 {
        let spent = PauseWatch.shared.elapsed(since: start)
        return spent < limit ? Int64(clamping: limit - spent) : 0
    }
}
