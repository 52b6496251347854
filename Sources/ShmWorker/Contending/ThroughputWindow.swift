@_spi(Bench) internal import ShmCore
internal import ShmHarness
internal import Synchronization

// The throughput window, and the warm-up: acquisitions are counted, and no clock is read.
extension Contention {
    /// The loop without a clock, while the arena's phase stays the same. Returns the errno of a lock that failed.
    ///
    /// A function of its own, with everything in locals: the compiler then keeps what the loop needs in registers.
    ///
    /// - Parameter burst: after so many sections the worker looks for the phase and publishes its count.
    @inline(never)
    func contendClosed<L: LockPrimitive & ~Copyable>(
        _ lock: borrowing L, during phase: Phase, burst: UInt64
    ) -> Int32? {
        let phaseWord = unsafe arena.phaseWord
        let (data, slot, worker) = unsafe (data, slot, UInt32(truncatingIfNeeded: worker))
        let (counters, sectionDelay, think) = (Int(plan.counters), plan.criticalSectionIterations, plan.thinkIterations)
        var sections = unsafe slot.pointee.sections.load(ordering: .relaxed)
        while unsafe phaseWord.pointee.load(ordering: .relaxed) == phase.rawValue {
            var left = burst
            repeat {
                let outcome = lock.lock()
                // A pattern, not `==`: the enum's derived equality is a call into another module.
                if case .acquired = outcome {} else if let failure = acquiredOddly(outcome) { return failure }
                let contradiction = data.section(worker: worker, counters: counters, delay: sectionDelay)
                lock.unlock()
                left &-= 1
                if left == 0 {
                    sections &+= burst
                    unsafe slot.pointee.sections.store(sections, ordering: .relaxed)
                }
                if contradiction != 0 { countContradiction() }
                if think > 0 { Delay.spin(think) }
            } while left > 0
        }
        return nil
    }

    /// How many sections to do between two looks at the phase, where some were done in such a time: as many as take about a
    /// microsecond, at most ``WorkerSlot/longestBurst``, so that what the looks cost is next to nothing; one where each
    /// takes longer.
    static func burst(sections: UInt64, nanoseconds: UInt64) -> UInt64 {
        guard sections > 0 else { return 1 }
        return min(WorkerSlot.longestBurst, max(1, 1000 / max(1, nanoseconds / sections)))
    }

    /// The same loop where some of the sections only read, at random.
    @inline(never)
    func contendReading<L: LockPrimitive & ~Copyable>(_ lock: borrowing L, during phase: Phase) -> Int32? {
        let phaseWord = unsafe arena.phaseWord
        let (data, slot, me) = unsafe (data, slot, UInt32(truncatingIfNeeded: worker))
        let (counters, sectionDelay, think) = (Int(plan.counters), plan.criticalSectionIterations, plan.thinkIterations)
        var dice = ReadDice(percent: plan.readPercent, worker: worker)
        var sections = unsafe slot.pointee.sections.load(ordering: .relaxed)
        var reads = unsafe slot.pointee.reads.load(ordering: .relaxed)
        while unsafe phaseWord.pointee.load(ordering: .relaxed) == phase.rawValue {
            var contradiction: UInt64 = 0
            if dice.saysRead() {
                while true {
                    var begun: UInt64 = 0
                    let outcome = lock.beginRead(&begun)
                    if case .acquired = outcome {} else if let failure = acquiredOddly(outcome) { return failure }
                    contradiction = data.readSection(counters: counters, delay: sectionDelay)
                    if lock.endRead(begun) { break }
                }
                reads &+= 1
                unsafe slot.pointee.reads.store(reads, ordering: .relaxed)
            } else {
                let outcome = lock.lock()
                if case .acquired = outcome {} else if let failure = acquiredOddly(outcome) { return failure }
                contradiction = data.section(worker: me, counters: counters, delay: sectionDelay)
                lock.unlock()
            }
            sections &+= 1
            unsafe slot.pointee.sections.store(sections, ordering: .relaxed)
            if contradiction != 0 { countContradiction() }
            if think > 0 { Delay.spin(think) }
        }
        return nil
    }
}
