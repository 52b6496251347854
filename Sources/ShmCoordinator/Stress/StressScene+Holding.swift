internal import Glibc
internal import ShmCore
internal import ShmHarness
internal import Synchronization

// Who has the lock, and stays inside.
extension StressScene {
    /// Who stays inside, by which order.
    struct Holder {
        let worker: Int
        let order: StressOrder
    }

    /// Lets the next owner stay inside; returns who that is, or `nil` where no worker got the lock in time.
    ///
    /// - Parameter asking: called when the order is given.
    func hold(_ order: (UInt32) -> StressOrder, within patience: Int, asking: () -> Void = {})
        throws(RoundFailure) -> Holder?
    {
        lastOrder += 1
        let order = order(lastOrder)
        arena.give(order)
        asking()
        let limit = Patience.after(nanoseconds: Int64(patience))
        let isTaken = try limit.wait(unless: hasUnexpectedEnd) { arena.taker(of: order) != nil }
        if !isTaken {
            if arena.withdraw(order) { return nil }
            // Somebody has taken it this moment.
            usleep(1000)
            return arena.taker(of: order).map { Holder(worker: $0, order: order) }
        }
        guard let worker = arena.taker(of: order) else { return nil }
        // It is on its way to the place.
        _ = try limit.wait { state(worker) == .holding }
        return Holder(worker: worker, order: order)
    }

    /// Lets the next owner stay at a point of its section, asleep; returns who that is, or `nil` where no worker got the lock
    /// in time.
    func hold(at stage: StressOrder.Stage, within patience: Int) throws(RoundFailure) -> Holder? {
        try hold({ StressOrder(kind: .hold, stage: stage, id: $0) }, within: patience)
    }

    /// Lets a worker take the lock while all rest, and stay inside; `nil` where it does not come to that in time.
    func holdAtRest(
        _ worker: Int, _ kind: StressOrder.Kind, _ request: StressSlot.Request, within patience: Int
    ) throws(RoundFailure) -> Holder? {
        try hold(
            { StressOrder(kind: kind, stage: .half, id: $0) }, within: patience, asking: { ask(worker, request) })
    }

    /// Workers that wait for the lock, once there are some, but for the holder; empty where no worker waits within 20 ms.
    func waiters(but holder: Int, atLeast count: Int = 1) throws(RoundFailure) -> [Int] {
        var found: [Int] = []
        _ = try Patience.after(.milliseconds(20)).wait {
            let now = Clock.now()
            found = live.filter { worker in
                guard worker != holder, state(worker) == .waiting else { return false }
                // It may have called lock and not come to the wait.
                return now &- (unsafe arena.slot(worker).pointee.waitingSince.load(ordering: .relaxed)) > 100_000
            }
            return found.count >= count
        }
        return found
    }

    /// Waits for the first acquisition after a mark; returns when that was, or `nil` where none came in time.
    func awaitSight(of mark: UInt64, within patience: Int) throws(RoundFailure) -> UInt64? {
        var seen = data.seen
        let wasSeen = try wait(within: patience) {
            seen = data.seen
            return seen.mark == mark
        }
        return wasSeen ? seen.time : nil
    }
}
