internal import ShmHarness

/// Follows the progress of a round's workers: whether they continued while the coordinator stood still, and which of
/// them make no progress.
struct FleetPulse {
    /// Pauses of the coordinator during which the workers continued.
    private(set) var alone: [ProcessPause] = []

    private var begin: (time: UInt64, sections: UInt64)
    private var last: (time: UInt64, sections: UInt64)
    private var counts: [UInt64]
    private var moved: [UInt64]
    private var next = 0

    /// A worker that completes no section for this time is checked, in ns.
    private static let still: UInt64 = 100_000_000
    /// The smallest gap between two observations that may contain a pause, in ns.
    private static let gap = PauseDetector.shortest
    /// The number of sections from which on a rate is known.
    private static let enough: UInt64 = 10

    init(_ counts: [UInt64], now: UInt64 = Clock.now()) {
        self.counts = counts
        moved = counts.map { _ in now }
        begin = (now, counts.reduce(0, &+))
        last = begin
    }

    /// Starts a window, in which sections may take another time.
    mutating func beginWindow(_ counts: [UInt64], now: UInt64 = Clock.now()) {
        let alone = self.alone
        self = FleetPulse(counts, now: now)
        self.alone = alone
    }

    /// Records an observation.
    ///
    /// - Parameter pauses: returns this process's pauses that ended after a time.
    mutating func look(
        _ counts: [UInt64], now: UInt64 = Clock.now(),
        pauses: (UInt64) -> [ProcessPause] = { PauseWatch.shared.pauses(since: $0) }
    ) {
        let sections = counts.reduce(0, &+)
        if now &- last.time > Self.gap {
            let found = pauses(last.time).filter { $0.kind == .stopped }
            if !found.isEmpty && wentOn(sections, now) { alone += found }
            // While this process stood still, it could not observe which workers made progress.
            moved = moved.map { _ in now }
        }
        for worker in counts.indices where counts[worker] != self.counts[worker] { moved[worker] = now }
        self.counts = counts
        last = (now, sections)
    }

    /// Whether there was about as much progress since the last observation as the previous rate predicts.
    private func wentOn(_ sections: UInt64, _ now: UInt64) -> Bool {
        let (done, time) = (last.sections &- begin.sections, last.time &- begin.time)
        guard done >= Self.enough, time > 0 else { return false }
        let expected = Double(done) / Double(time) * Double(now &- last.time)
        return Double(sections &- last.sections) > expected / 2
    }

    /// One of the workers without progress, another one each time; `nil` if there is none.
    mutating func nextStill() -> Int? {
        for offset in 0..<counts.count {
            let worker = (next + offset) % counts.count
            if last.time &- moved[worker] > Self.still {
                next = worker + 1
                return worker
            }
        }
        return nil
    }
}
