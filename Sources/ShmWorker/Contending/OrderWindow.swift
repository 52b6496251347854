@_spi(Bench) internal import ShmCore
internal import ShmHarness
internal import Synchronization

// The order window: the order of owners, and their hold times. It covers writers only; readers do not exclude each
// other, and have no order.
extension Contention {
    @inline(never)
    func contendLogged<L: LockPrimitive & ~Copyable>(_ lock: borrowing L) -> Int32? {
        let phaseWord = unsafe arena.phaseWord
        let (clock, log, think) = (plan.clock, arena.log, plan.thinkIterations)
        let (holds, handoffs) = (arena.histogram(.hold, worker), arena.histogram(.handoff, worker))
        let reacquisitions = arena.histogram(.reacquire, worker)
        let me = UInt64(worker) &+ 1
        var dice = ReadDice(percent: plan.readPercent, worker: worker)
        var pacer = unsafe Pacer(plan, worker: worker, phase: .order, phaseWord: phaseWord)
        var tally = unsafe Tally(slot)
        var lastRelease: UInt64 = 0
        var firstAcquired: UInt64 = 0
        var heldInAll: UInt64 = 0
        arena.join(.order)
        var counts = false
        let recorder = plan.isTraced ? arena.recorder(worker) : nil
        // Without exclusion, several owners write the log at once, and there is no handoff.
        let handsOver = L.properties.excludes
        while unsafe phaseWord.pointee.load(ordering: .relaxed) == Phase.order.rawValue {
            if plan.arrivals.spacing != .closed && pacer.awaitNext() == nil { break }
            if plan.readPercent > 0 && dice.saysRead() {
                let section = section(lock, reads: true)
                if section.failure != 0 { return section.failure }
                tally.count(isRead: true)
                if section.contradiction != 0 { countContradiction() }
                if think > 0 { Delay.spin(think) }
                continue
            }
            if !counts { counts = arena.areAllWorkersIn(.order) }
            let asked = clock.now()
            let outcome = lock.lock()
            let acquired = clock.now()
            if case .acquired = outcome {} else if let failure = acquiredOddly(outcome) { return failure }
            let before = counts ? log.enter(worker: worker) : (ownerPlusOne: 0, released: 0)
            let contradiction = data.section(
                worker: UInt32(truncatingIfNeeded: worker), counters: Int(plan.counters), lines: Int(plan.touchedLines),
                delay: plan.criticalSectionIterations)
            let releasing = clock.now()
            if counts { log.leave(at: releasing) }
            lock.unlock()
            if let recorder {
                recorder.record(.wait, at: asked)
                recorder.record(.acquire, at: acquired)
                recorder.record(.release, at: releasing)
            }
            tally.count(isRead: false)
            if contradiction != 0 { countContradiction() }
            if !counts {
                if think > 0 { Delay.spin(think) }
                continue
            }
            if let held = interval(from: acquired, to: releasing) {
                holds.record(held)
                heldInAll &+= held
            }
            if firstAcquired == 0 { firstAcquired = acquired }
            // A handoff needs a successor that was already waiting; otherwise the lock was free in between.
            if handsOver && before.ownerPlusOne != 0 && before.ownerPlusOne != me && asked <= before.released,
                let passed = interval(from: before.released, to: acquired)
            {
                handoffs.record(passed)
            }
            if lastRelease != 0, let away = interval(from: lastRelease, to: acquired) { reacquisitions.record(away) }
            lastRelease = releasing
            if think > 0 { Delay.spin(think) }
        }
        unsafe slot.pointee.held.store(heldInAll, ordering: .relaxed)
        unsafe slot.pointee.firstAcquired.store(firstAcquired, ordering: .relaxed)
        unsafe slot.pointee.lastReleased.store(lastRelease, ordering: .relaxed)
        return nil
    }
}
