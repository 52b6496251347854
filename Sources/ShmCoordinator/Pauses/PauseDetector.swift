/// Detects from two readings of the clocks whether the process stood still between them.
struct PauseDetector {
    /// One reading of the clocks, in ns.
    struct Reading {
        var monotonic: UInt64
        var boottime: UInt64
        var realtime: UInt64
        /// Time for which the reading thread has waited for a CPU so far; `nil` if the kernel does not report it.
        var runQueueWait: UInt64?
    }

    /// The shortest gap between two readings, beyond the period and the wait for a CPU, that counts as a pause, if it
    /// is also longer than that wait. With seven times as many busy threads as CPUs the rest was 8 ms at most, with
    /// fifteen times as many 68 ms, beside a wait of 560.
    static let shortest: UInt64 = 100_000_000
    /// The same if the wait for a CPU is unknown: a loaded machine delays a reading by as much.
    static let shortestUnexplained: UInt64 = 1_000_000_000
    /// The smallest forward step of `CLOCK_REALTIME` that counts as a jump.
    static let shortestJump: UInt64 = 1_000_000_000

    private var last: Reading
    private let period: UInt64

    /// - Parameter period: the time between two readings, in ns.
    init(_ first: Reading, period: UInt64) {
        last = first
        self.period = period
    }

    /// The time of the last reading.
    var looked: UInt64 { last.monotonic }

    /// Takes the next reading; returns the pauses since the last one.
    mutating func look(_ now: Reading) -> [ProcessPause] {
        defer { last = now }
        var found: [ProcessPause] = []
        let gap = now.monotonic &- last.monotonic
        var explained = period
        var shortest = Self.shortestUnexplained
        if let before = last.runQueueWait, let after = now.runQueueWait {
            explained += after &- before
            shortest = max(Self.shortest, after &- before)
        }
        if gap > explained + shortest { found.append(pause(.stopped, now, gap - explained)) }
        let slept = Self.ahead(now.boottime, of: now.monotonic, since: last.boottime, last.monotonic)
        if slept > Int64(Self.shortest) { found.append(pause(.suspended, now, UInt64(slept))) }
        let jumped = Self.ahead(now.realtime, of: now.boottime, since: last.realtime, last.boottime)
        if jumped > Int64(Self.shortestJump) { found.append(pause(.clockJump, now, UInt64(jumped))) }
        return found
    }

    private func pause(_ kind: ProcessPause.Kind, _ now: Reading, _ nanoseconds: UInt64) -> ProcessPause {
        ProcessPause(
            kind: kind, interval: last.monotonic..<now.monotonic, nanoseconds: nanoseconds,
            began: Int64(last.realtime / 1_000_000_000))
    }

    /// By how much one clock has advanced more than another.
    private static func ahead(_ clock: UInt64, of other: UInt64, since: UInt64, _ otherSince: UInt64) -> Int64 {
        Int64(bitPattern: (clock &- since) &- (other &- otherSince))
    }
}
