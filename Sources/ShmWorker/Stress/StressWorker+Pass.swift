internal import CShm
internal import Glibc
@_spi(Bench) internal import ShmCore
internal import ShmHarness
internal import Synchronization
internal import SystemPackage

// One pass: lock, critical section, unlock.
extension StressWorker {
    /// Lock, critical section, unlock. A call that returns without the lock counts as a pass, too. Returns the errno of
    /// a failed lock.
    mutating func pass<L: LockPrimitive & ~Copyable>(
        _ lock: borrowing L, _ way: LockWay, inside: (() -> Int32)? = nil
    ) -> Int32? {
        if case .read = way, L.properties.sharesReaders { return read(lock) }
        let began = Clock.now()
        unsafe slot.pointee.waitingSince.store(began, ordering: .relaxed)
        enter(.waiting)
        var begun: UInt64 = 0
        let outcome = call(lock, way, at: began, &begun)
        let acquired = Clock.now()
        count(way)
        var isReported = false
        switch outcome {
        case .acquired: break
        case .ownerDied: isReported = true
        case .busy:
            record(.giveUp, at: acquired)
            enter(.outside)
            return giveUp(way, began, acquired)
        case .failed(let errno): return errno.rawValue
        }
        record(.acquire, at: acquired)
        enter(.inside)
        if isReported {
            record(.deathSeen, at: acquired)
            unsafe slot.pointee.reportedDeaths.add(1, ordering: .relaxed)
        }
        data.see(arena.mark, at: acquired)
        arena.noteGrant(number)
        let presumedDead = meet(isReported: isReported, at: acquired)
        let order = arena.take(as: number)
        change(order)
        if let inside { answer(inside()) }
        // If the count has changed, the owner that this worker took for dead is alive. Its own slot is exempt: there its own
        // section has changed the count.
        if let presumedDead, presumedDead.worker != number,
            unsafe arena.slot(presumedDead.worker).pointee.begun.load(ordering: .relaxed) != presumedDead.begun
        {
            contradict(presumedDead.worker)
        }
        let target = order?.kill == .noWorker ? nil : order.flatMap { _ in KillTarget(arena) }
        awaitHandOff(order)
        let released = Clock.now()
        record(.release, at: released)
        if let order, order.kill == .beforeUnlock { kill(target, after: order.delay) }
        if case .read = way { _ = lock.endRead(begun) } else { lock.unlock() }
        enter(.outside)
        if let order, order.kill == .afterUnlock { kill(target, after: order.delay) }
        judgeDelay(way, began, acquired)
        return nil
    }

    private func call<L: LockPrimitive & ~Copyable>(
        _ lock: borrowing L, _ way: LockWay, at began: UInt64, _ begun: inout UInt64
    ) -> LockOutcome {
        switch way {
        case .lock:
            record(.wait, at: began)
            return lock.lock()
        case .attempt:
            record(.attempt, at: began)
            return lock.tryLock()
        case .timedWait(let deadline):
            record(.timedWait, at: began, UInt32(clamping: deadline > began ? (deadline - began) / 1000 : 0))
            return lock.lock(until: Deadline(nanoseconds: Int64(clamping: deadline)))
        case .read:
            record(.read, at: began)
            return lock.beginRead(&begun)
        }
    }

    /// Before the unlock: sometimes announces the time of the unlock, so that others can choose it as their deadline.
    private mutating func awaitHandOff(_ order: StressOrder?) {
        if order == nil, let notice = ways.announcement() {
            arena.handOff = Clock.now() + notice
        } else if order?.kind != .holdUntilHandOff {
            return
        }
        // An announcement that far ahead is another owner's.
        let end = min(arena.handOff, Clock.now() + 100_000_000)
        while Clock.now() < end && !arena.isOver { shm_cpu_relax() }
    }

    private func kill(_ target: borrowing KillTarget?, after delay: UInt16) {
        let end = Clock.now() + UInt64(delay) * 64
        while Clock.now() < end { shm_cpu_relax() }
        target?.kill()
    }
}
