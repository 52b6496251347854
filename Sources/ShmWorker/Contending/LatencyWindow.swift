@_spi(Bench) internal import ShmCore
internal import ShmHarness
internal import Synchronization

// The latency window: the clock is read before and after every acquisition.
extension Contention {
    @inline(never)
    func contendTimed<L: LockPrimitive & ~Copyable>(_ lock: borrowing L) -> Int32? {
        if plan.arrivals.spacing != .closed { return contendPaced(lock, during: .latency) }
        let phaseWord = unsafe arena.phaseWord
        let (clock, think) = (plan.clock, plan.thinkIterations)
        let histogram = arena.histogram(.acquire, worker)
        var dice = ReadDice(percent: plan.readPercent, worker: worker)
        var tally = unsafe Tally(slot)
        arena.join(.latency)
        var counts = false
        while unsafe phaseWord.pointee.load(ordering: .relaxed) == Phase.latency.rawValue {
            let isRead = plan.readPercent > 0 && dice.saysRead()
            if !counts { counts = arena.areAllWorkersIn(.latency) }
            let start = clock.now()
            let section = section(lock, reads: isRead)
            if section.failure != 0 { return section.failure }
            tally.count(isRead: isRead)
            if section.contradiction != 0 { countContradiction() }
            if counts, let waited = interval(from: start, to: section.acquired) {
                histogram.record(waited)
                tally.note(waited)
            }
            if think > 0 { Delay.spin(think) }
        }
        return nil
    }

    /// The time between two readings of the clock, in ns. If the later one is smaller, counts an anomaly and returns
    /// `nil`.
    @inline(__always)
    func interval(from start: UInt64, to end: UInt64) -> UInt64? {
        if end >= start { return plan.clock.nanoseconds(end &- start) }
        countClockAnomaly()
        return nil
    }

    @inline(never)
    private func countClockAnomaly() {
        unsafe slot.pointee.clockAnomalies.add(1, ordering: .relaxed)
    }
}
