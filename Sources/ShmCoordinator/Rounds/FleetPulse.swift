internal import ShmHarness

/// Follows the progress of a round's workers from look to look: tells whether they went on while the coordinator stood
/// still, and which of them do not move.
struct FleetPulse {
    /// Pauses in which the coordinator stood still alone.
    private(set) var alone: [ProcessPause] = []

    private var begin: (time: UInt64, sections: UInt64)
    private var last: (time: UInt64, sections: UInt64)
    private var counts: [UInt64]
    private var moved: [UInt64]
    private var next = 0

    /// A worker without a section for so long is looked at, ns.
    private static let still: UInt64 = 100_000_000
    /// Looks that are so far apart may have a pause between them, ns.
    private static let gap = PauseDetector.shortest
    /// A rate is known from so many sections on.
    private static let enough: UInt64 = 10

    init(_ counts: [UInt64], now: UInt64 = Clock.now()) {
        self.counts = counts
        moved = counts.map { _ in now }
        begin = (now, counts.reduce(0, &+))
        last = begin
    }

    /// Sections take other times from here on: a window begins.
    mutating func beginWindow(_ counts: [UInt64], now: UInt64 = Clock.now()) {
        let alone = self.alone
        self = FleetPulse(counts, now: now)
        self.alone = alone
    }

    /// One look.
    ///
    /// - Parameter pauses: this process's pauses that ended after a time.
    mutating func look(
        _ counts: [UInt64], now: UInt64 = Clock.now(),
        pauses: (UInt64) -> [ProcessPause] = { PauseWatch.shared.pauses(since: $0) }
    ) {
        let sections = counts.reduce(0, &+)
        if now &- last.time > Self.gap {
            let found = pauses(last.time).filter { $0.kind == .stopped }
            if !found.isEmpty && wentOn(sections, now) { alone += found }
            // While this process stood still it could not see who moved.
            moved = moved.map { _ in now }
        }
        for worker in counts.indices where counts[worker] != self.counts[worker] { moved[worker] = now }
        self.counts = counts
        last = (now, sections)
    }

    /// Whether there was about as much progress since the last look as the rate before it promises.
    private func wentOn(_ sections: UInt64, _ now: UInt64) -> Bool {
        let (done, time) = (last.sections &- begin.sections, last.time &- begin.time)
        guard done >= Self.enough, time > 0 else { return false }
        let expected = Double(done) / Double(time) * Double(now &- last.time)
        return Double(sections &- last.sections) > expected / 2
    }

    /// One of the workers that have not moved for a while, another one each time; `nil` where there is none.
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
