@_spi(Bench) internal import ShmCore
internal import ShmHarness
internal import Synchronization

// The throughput window, and the warm-up, of sections that touch memory beside the counters.
extension Contention {
    /// The loop without a clock, while the phase lasts. Returns the errno of a failed lock. It is a function of its own, so
    /// that the loops of other loads stay as they are.
    @inline(never)
    func contendTouching<L: LockPrimitive & ~Copyable>(_ lock: borrowing L, during phase: Phase) -> Int32? {
        let phaseWord = unsafe arena.phaseWord
        let (data, me, lines) = (data, UInt32(truncatingIfNeeded: worker), Int(plan.touchedLines))
        let (counters, sectionDelay, think) = (Int(plan.counters), plan.criticalSectionIterations, plan.thinkIterations)
        var dice = ReadDice(percent: plan.readPercent, worker: worker)
        var tally = unsafe Tally(slot)
        while unsafe phaseWord.pointee.load(ordering: .relaxed) == phase.rawValue {
            var contradiction: UInt64 = 0
            let isRead = plan.readPercent > 0 && dice.saysRead()
            if isRead {
                while true {
                    var begun: UInt64 = 0
                    let outcome = lock.beginRead(&begun)
                    if case .acquired = outcome {} else if let failure = acquiredOddly(outcome) { return failure }
                    contradiction = data.readSection(counters: counters, lines: lines, delay: sectionDelay)
                    if lock.endRead(begun) { break }
                }
            } else {
                let outcome = lock.lock()
                if case .acquired = outcome {} else if let failure = acquiredOddly(outcome) { return failure }
                contradiction = data.section(worker: me, counters: counters, lines: lines, delay: sectionDelay)
                lock.unlock()
            }
            tally.count(isRead: isRead)
            if contradiction != 0 { countContradiction() }
            if think > 0 { Delay.spin(think) }
        }
        return nil
    }
}
