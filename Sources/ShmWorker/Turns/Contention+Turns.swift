@_spi(Bench) internal import ShmCore
internal import ShmHarness
internal import Synchronization
internal import SystemPackage

// The work of a worker that takes turns with the workers of another side, on the same memory (`Arena+Turns.swift`).
extension Contention {
    /// Contends in each turn until the block ends. Returns the errno of a failed lock; throws if the lock cannot be made.
    func takeTurns<L: LockPrimitive & ~Copyable>(_: L.Type, at place: LockPlace) throws(Errno) -> Int32? {
        // The first calls allocate; see ``run(_:)``.
        _ = TurnUsage.now(heapBytes)
        arena.log.touch()
        data.touchPages(counters: Int(plan.counters), lines: Int(plan.touchedLines))
        unsafe slot.pointee.heapCounterWorks.store(heapCounterWorks() ? 1 : 0, ordering: .relaxed)
        enter(.contending)
        var last: UInt32 = 0
        while let turn = arena.awaitTurn(after: last) {
            last = turn.number
            if worker == 0 {
                try place.remake(L.self)
                data.remake(counters: Int(plan.counters), lines: Int(plan.touchedLines))
                arena.log.forgetOwner()
                arena.announceLock(of: turn.number)
            } else if !arena.awaitLock(of: turn.number) {
                break
            }
            // The participant ends with the turn.
            if let failure = contend(try place.participant(of: L.self), in: turn.window) { return failure }
        }
        storeDelays()
        return nil
    }

    /// One turn. Returns the errno of a failed lock.
    private func contend<L: LockPrimitive & ~Copyable>(_ lock: borrowing L, in window: Phase) -> Int32? {
        enter(.gathering)
        arena.arriveAndWait(while: .gathering)
        enter(.warmup)
        let outcome = lock.lock()
        if case .acquired = outcome {} else if let failure = acquiredOddly(outcome) { return failure }
        lock.unlock()
        let (warmingSince, earlier) = (Clock.now(), sections)
        if let failure = contend(lock, during: .warmup, burst: 1) { return failure }
        let burst = Self.burst(sections: sections &- earlier, nanoseconds: Clock.now() &- warmingSince)
        enter(window)
        let failure: Int32?
        switch window {
        case .latency: failure = contendTimed(lock)
        case .order: failure = contendLogged(lock)
        default:
            unsafe slot.pointee.windowEntered.store(Clock.now(), ordering: .relaxed)
            let before = TurnUsage.now(heapBytes)
            failure = contend(lock, during: .throughput, burst: burst)
            unsafe TurnUsage.now(heapBytes).add(since: before, to: slot)
            unsafe slot.pointee.windowLeft.store(Clock.now(), ordering: .relaxed)
        }
        enter(.settle)
        return failure
    }
}
