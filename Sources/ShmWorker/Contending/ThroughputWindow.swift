@_spi(Bench) internal import ShmCore
internal import ShmHarness
internal import Synchronization

// The throughput window, and the warm-up: acquisitions are counted, and no clock is read.
extension Contention {
    /// The loop without a clock, while the phase lasts. Returns the errno of a failed lock.
    ///
    /// It is a function of its own with all state in local variables, so that the compiler keeps the loop's state in
    /// registers. The usual load has a loop of its own, without the tests for the parameters that it leaves out: they
    /// would take longer than many a lock.
    ///
    /// - Parameter burst: the number of sections after which the worker reads the phase word and publishes its count.
    @inline(never)
    func contendClosed<L: LockPrimitive & ~Copyable>(
        _ lock: borrowing L, during phase: Phase, burst: UInt64
    ) -> Int32? {
        let phaseWord = unsafe arena.phaseWord
        let (data, worker) = (data, UInt32(truncatingIfNeeded: worker))
        let (counters, sectionDelay, think) = (Int(plan.counters), plan.criticalSectionIterations, plan.thinkIterations)
        let isBare = sectionDelay == 0 && think == 0
        var sections = unsafe slot.pointee.sections.load(ordering: .relaxed)
        while unsafe phaseWord.pointee.load(ordering: .relaxed) == phase.rawValue {
            sections &+= burst
            let failure =
                isBare
                ? run(burst, lock, data, worker, counters: counters, delay: 0, think: 0, publishing: sections)
                : run(
                    burst, lock, data, worker, counters: counters, delay: sectionDelay, think: think,
                    publishing: sections)
            if let failure { return failure }
        }
        return nil
    }

    /// Runs some sections, and publishes a total after the last one's unlock. Returns the errno of a failed lock.
    @inline(__always)
    private func run<L: LockPrimitive & ~Copyable>(
        _ burst: UInt64, _ lock: borrowing L, _ data: GuardedData, _ worker: UInt32, counters: Int, delay: UInt64,
        think: UInt64, publishing total: UInt64
    ) -> Int32? {
        let published = unsafe slot
        var left = burst
        repeat {
            let outcome = lock.lock()
            // A pattern and not `==`: the enum's derived equality is a call into another module.
            if case .acquired = outcome {} else if let failure = acquiredOddly(outcome) { return failure }
            let contradiction = data.section(worker: worker, counters: counters, delay: delay)
            lock.unlock()
            left &-= 1
            if think > 0, left == 0 { unsafe published.pointee.sections.store(total, ordering: .relaxed) }
            if _slowPath(contradiction != 0) { countContradiction() }
            if think > 0 { Delay.spin(think) }
        } while left > 0
        if think == 0 { unsafe published.pointee.sections.store(total, ordering: .relaxed) }
        return nil
    }

    /// The number of sections between two loads of the phase word, from the time that some sections took: as many as
    /// take about a microsecond, at most ``WorkerSlot/longestBurst``, so that the loads cost next to nothing; one if
    /// each section takes longer.
    static func burst(sections: UInt64, nanoseconds: UInt64) -> UInt64 {
        guard sections > 0 else { return 1 }
        return min(WorkerSlot.longestBurst, max(1, 1000 / max(1, nanoseconds / sections)))
    }

    /// The same loop with a random share of read-only sections.
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
