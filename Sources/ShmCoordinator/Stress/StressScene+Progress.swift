internal import ShmCore
internal import ShmHarness

// Progress of the workers.
extension StressScene {
    /// Waits until that many workers contend.
    func awaitContending(_ count: Int, within patience: Duration = .seconds(20)) throws(RoundFailure) {
        let haveCome = try Patience.after(patience).wait(
            unless: { () throws(RoundFailure) in
                if let end = unexpectedEnd() { throw .failed(end) }
                return false
            }, until: { contending.count >= count })
        if haveCome { return }
        let missing = live.first { !contending.contains($0) }.map { ": \(whereabouts($0))" } ?? ""
        throw .failed("\(contending.count) of \(counted(count, "worker")) came within \(patience)\(missing)")
    }

    /// Waits until every contending worker has completed a section; returns those that have not in time.
    func awaitProgress(within patience: Int) throws(RoundFailure) -> [Int] {
        let everyone = contending
        let before = everyone.map(finished)
        func late() -> [Int] {
            zip(everyone, before).filter { finished($0) == $1 && process($0) != nil }.map(\.0)
        }
        _ = try wait(within: patience) { late().isEmpty }
        return late()
    }

    /// Waits until a value of each of some workers has grown by an amount; returns those whose value has not in time.
    func awaitGrowth(
        of some: [Int], by growth: UInt64, within patience: Int, _ figure: (borrowing StressSlot) -> UInt64
    ) throws(RoundFailure) -> [Int] {
        let before = some.map { unsafe figure(arena.slot($0).pointee) }
        func late() -> [Int] {
            zip(some, before).filter { unsafe figure(arena.slot($0).pointee) < $1 + growth }.map(\.0)
        }
        _ = try wait(within: patience) { late().isEmpty }
        return late()
    }

    /// Lets the lock pass from waiter to waiter without new arrivals, until all rest: otherwise the next unlock could
    /// make up for a lost wake-up. Returns the workers that still wait when the time is up, in words.
    func drain(within patience: Int) throws(RoundFailure) -> String? {
        guard let holder = try hold(at: .half, within: patience) else {
            return whereabouts(of: live)
        }
        _ = try waiters(but: holder.worker, atLeast: live.count - 1)
        arena.isPaused = true
        defer { arena.isPaused = false }
        arena.release(holder.order)
        func late() -> [Int] { contending.filter { state($0) != .resting } }
        _ = try wait(within: patience) { late().isEmpty }
        // The state is read before the pause ends, which may wake them.
        return whereabouts(of: late())
    }
}
