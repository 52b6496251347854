internal import Glibc
internal import ShmHarness
internal import Synchronization

// Calls that return early or late, with the lock or without it.
extension StressWorker {
    func count(_ way: LockWay) {
        switch way {
        case .lock: unsafe slot.pointee.locks.add(1, ordering: .relaxed)
        case .attempt: unsafe slot.pointee.tries.add(1, ordering: .relaxed)
        case .timedWait: unsafe slot.pointee.timedWaits.add(1, ordering: .relaxed)
        case .read: unsafe slot.pointee.reads.add(1, ordering: .relaxed)
        }
    }

    /// Handles a return without the lock, which a plain call must not do.
    mutating func giveUp(_ way: LockWay, _ began: UInt64, _ back: UInt64) -> Int32? {
        switch way {
        case .lock, .read: return EBUSY
        case .attempt: unsafe slot.pointee.refusals.add(1, ordering: .relaxed)
        case .timedWait(let deadline):
            unsafe slot.pointee.expiries.add(1, ordering: .relaxed)
            if back < deadline {
                unsafe slot.pointee.early.add(1, ordering: .relaxed)
                noteWorst(deadline - back)
            }
        }
        judgeDelay(way, began, back)
        return nil
    }

    /// Checks that a try returned at once, and a timed wait at its deadline.
    mutating func judgeDelay(_ way: LockWay, _ began: UInt64, _ back: UInt64) {
        switch way {
        case .lock, .read: return
        case .attempt:
            guard let delay = tries.isLate(due: began, back: back) else { return }
            unsafe slot.pointee.slowTries.add(1, ordering: .relaxed)
            noteWorst(delay)
        case .timedWait(let deadline):
            guard let delay = timedWaits.isLate(due: max(began, deadline), back: back) else { return }
            unsafe slot.pointee.late.add(1, ordering: .relaxed)
            noteWorst(delay)
        }
    }

    private func noteWorst(_ nanoseconds: UInt64) {
        if unsafe slot.pointee.worst.load(ordering: .relaxed) < nanoseconds {
            unsafe slot.pointee.worst.store(nanoseconds, ordering: .relaxed)
        }
    }
}
