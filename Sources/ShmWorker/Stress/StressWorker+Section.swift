internal import CShm
internal import ShmHarness
internal import Synchronization

// The critical section, and the checks on entry.
extension StressWorker {
    /// Checks the owner word on entry. If it names a dead owner, repairs the data; returns that owner, and the number
    /// of sections that it had begun.
    func meet(isReported: Bool, at time: UInt64) -> (worker: Int, begun: UInt64)? {
        guard let owner = data.owner else {
            if !data.isCoherent { contradict(number) }
            return nil
        }
        guard arena.isBeingKilled(owner) else {
            contradict(owner.worker)
            return nil
        }
        if !isReported { unsafe slot.pointee.unreportedDeaths.add(1, ordering: .relaxed) }
        let dead = unsafe arena.slot(owner.worker)
        let lost = data.repair(expected: arena.finished)
        if lost > 0 { unsafe slot.pointee.lostUpdates.add(lost, ordering: .relaxed) }
        let finished = unsafe dead.pointee.finished.load(ordering: .relaxed)
        if unsafe dead.pointee.begun.load(ordering: .relaxed) != finished {
            unsafe slot.pointee.repaired.add(1, ordering: .relaxed)
            unsafe dead.pointee.begun.store(finished, ordering: .relaxed)
        }
        record(.repair, at: time, UInt32(owner.worker))
        return (owner.worker, finished)
    }

    /// The critical section: increments all counters, then counts the section; stays at the point that an order names.
    func change(_ order: StressOrder?) {
        let me = StressData.Owner(worker: number, incarnation: incarnation)
        data.owner = me
        stay(order, .before)
        let finished = unsafe slot.pointee.finished.load(ordering: .relaxed)
        unsafe slot.pointee.begun.store(finished &+ 1, ordering: .relaxed)
        for counter in 0..<StressData.counters {
            if counter == StressData.counters / 2 { stay(order, .half) }
            data.increment(counter)
        }
        data.reflect()
        stay(order, .uncounted)
        unsafe slot.pointee.finished.store(finished &+ 1, ordering: .relaxed)
        stay(order, .counted)
        if data.owner != me { contradict(data.owner?.worker ?? number) }
        data.owner = nil
        stay(order, .after)
    }

    func stay(_ order: StressOrder?, _ stage: StressOrder.Stage) {
        guard let order, order.stage == stage else { return }
        record(.held, at: Clock.now())
        enter(.holding)
        switch order.kind {
        case .none: break
        case .hold, .holdUntilHandOff: arena.awaitRelease(order)
        case .holdBusily: while !arena.isReleased(order) && !arena.isOver { shm_cpu_relax() }
        }
        enter(.inside)
    }

    func contradict(_ other: Int) {
        unsafe slot.pointee.overlaps.add(1, ordering: .relaxed)
        record(.intruder, at: Clock.now(), UInt32(other))
        arena.isEvidenceFixed = true
    }
}
