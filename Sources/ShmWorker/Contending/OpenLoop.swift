@_spi(Bench) internal import ShmCore
internal import ShmHarness
internal import Synchronization

// The windows of an open loop, except the order window: acquisitions begin when they are due.
extension Contention {
    @inline(never)
    func contendPaced<L: LockPrimitive & ~Copyable>(_ lock: borrowing L, during phase: Phase) -> Int32? {
        let clock = plan.clock
        let (responses, uncorrected) = (arena.histogram(.acquire, worker), arena.histogram(.uncorrected, worker))
        let isTimed = phase == .latency
        var dice = ReadDice(percent: plan.readPercent, worker: worker)
        var pacer = unsafe Pacer(plan, worker: worker, phase: phase, phaseWord: arena.phaseWord)
        var tally = unsafe Tally(slot)
        if isTimed { arena.join(.latency) }
        var counts = false
        while let due = pacer.awaitNext() {
            if isTimed && !counts { counts = arena.areAllWorkersIn(.latency) }
            let isRead = plan.readPercent > 0 && dice.saysRead()
            let start = clock.now()
            let section = section(lock, reads: isRead)
            if section.failure != 0 { return section.failure }
            tally.count(isRead: isRead)
            if section.contradiction != 0 { countContradiction() }
            if isTimed && counts {
                if let response = interval(from: due, to: section.acquired) {
                    responses.record(response)
                    tally.note(response)
                }
                if let waited = interval(from: start, to: section.acquired) { uncorrected.record(waited) }
            }
            if plan.thinkIterations > 0 { Delay.spin(plan.thinkIterations) }
        }
        if isTimed {
            unsafe slot.pointee.arrivalsDue.store(pacer.due, ordering: .relaxed)
            unsafe slot.pointee.arrivalsDone.store(pacer.begun, ordering: .relaxed)
            // Acquisitions that were due and had not begun waited longest. They are recorded with their age at the end,
            // a lower bound of their response time. If there are too many for the bound to be harmless, the round is an
            // overload.
            var abandoned = 0
            while abandoned < 10_000, let age = pacer.abandon() {
                let nanoseconds = clock.nanoseconds(age)
                if abandoned == 0 { unsafe slot.pointee.backlogAge.store(nanoseconds, ordering: .relaxed) }
                responses.record(nanoseconds)
                tally.note(nanoseconds)
                abandoned += 1
            }
        }
        return nil
    }
}
