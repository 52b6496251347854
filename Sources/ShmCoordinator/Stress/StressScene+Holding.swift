internal import Glibc
internal import ShmCore
internal import ShmHarness
internal import Synchronization

// Workers that hold the lock by an order.
extension StressScene {
    /// A worker that stays in its critical section, and its order.
    struct Holder {
        let worker: Int
        let order: StressOrder
    }

    /// Makes the next owner stay in its critical section; returns it, or `nil` if no worker got the lock in time.
    ///
    /// - Parameter asking: called once the order is posted.
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
            // A worker has just taken the order.
            usleep(1000)
            return arena.taker(of: order).map { Holder(worker: $0, order: order) }
        }
        guard let worker = arena.taker(of: order) else { return nil }
        // The worker is on its way to the ordered point.
        _ = try limit.wait { state(worker) == .holding }
        return Holder(worker: worker, order: order)
    }

    /// Makes the next owner sleep at a point of its critical section; returns it, or `nil` if no worker got the lock in
    /// time.
    func hold(at stage: StressOrder.Stage, within patience: Int) throws(RoundFailure) -> Holder? {
        try hold({ StressOrder(kind: .hold, stage: stage, id: $0) }, within: patience)
    }

    /// Makes a worker take the lock while all others rest, and stay inside; `nil` if it does not in time.
    func holdAtRest(
        _ worker: Int, _ kind: StressOrder.Kind, _ request: StressSlot.Request, within patience: Int
    ) throws(RoundFailure) -> Holder? {
        try hold(
            { StressOrder(kind: kind, stage: .half, id: $0) }, within: patience, asking: { ask(worker, request) })
    }

    /// Workers other than the holder that wait for the lock, once there are some; empty if none waits within 20 ms.
    func waiters(but holder: Int, atLeast count: Int = 1) throws(RoundFailure) -> [Int] {
        var found: [Int] = []
        _ = try Patience.after(.milliseconds(20)).wait {
            let now = Clock.now()
            found = live.filter { worker in
                guard worker != holder, state(worker) == .waiting else { return false }
                // It may have called lock without having reached the wait yet.
                return now &- (unsafe arena.slot(worker).pointee.waitingSince.load(ordering: .relaxed)) > 100_000
            }
            return found.count >= count
        }
        return found
    }

    /// Waits for the first acquisition after a mark; returns its time, or `nil` if there was none in time.
    func awaitSight(of mark: UInt64, within patience: Int) throws(RoundFailure) -> UInt64? {
        var seen = data.seen
        let wasSeen = try wait(within: patience) {
            seen = data.seen
            return seen.mark == mark
        }
        return wasSeen ? seen.time : nil
    }
}
