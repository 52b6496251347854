@_spi(Bench) internal import ShmCore
internal import Synchronization

// Orders of the coordinator for the next owner.
extension StressArena {
    /// Posts an order for the next owner.
    public func give(_ order: StressOrder) { unsafe word(256).pointee.store(order.word, ordering: .releasing) }

    /// Withdraws an order. Returns whether it was still untaken.
    public func withdraw(_ order: StressOrder) -> Bool {
        unsafe word(256).pointee.compareExchange(
            expected: order.word, desired: 0, ordering: .acquiringAndReleasing
        ).exchanged
    }

    /// Takes the order, if there is one. The caller holds the lock; if a broken lock admits two owners, only one of
    /// them gets the order.
    public func take(as worker: Int) -> StressOrder? {
        let word = unsafe self.word(256).pointee.load(ordering: .acquiring)
        guard word != 0, let order = StressOrder(word: word), withdraw(order) else { return nil }
        unsafe self.word(384).pointee.store(UInt64(order.id) << 32 | UInt64(worker + 1), ordering: .releasing)
        return order
    }

    /// The posted order, if there is one.
    public var order: StressOrder? { StressOrder(word: unsafe word(256).pointee.load(ordering: .acquiring)) }

    /// The worker that has taken an order; `nil` if none has.
    public func taker(of order: StressOrder) -> Int? {
        let word = unsafe self.word(384).pointee.load(ordering: .acquiring)
        guard word >> 32 == UInt64(order.id), word & 0xffff_ffff != 0 else { return nil }
        return Int(word & 0xffff_ffff) - 1
    }

    /// Lets the worker that holds the lock by an order go on.
    public func release(_ order: StressOrder) {
        unsafe futexWord(512).pointee.store(order.id, ordering: .releasing)
        unsafe Futex.wake(futexWord(512), count: .max)
    }

    /// Whether the holder by an order has been released.
    public func isReleased(_ order: StressOrder) -> Bool {
        unsafe futexWord(512).pointee.load(ordering: .acquiring) == order.id
    }

    /// Sleeps until the holder by an order is released.
    public func awaitRelease(_ order: StressOrder) {
        while !isOver {
            let released = unsafe futexWord(512).pointee.load(ordering: .acquiring)
            if released == order.id { return }
            _ = unsafe Futex.wait(futexWord(512), while: released, until: .after(.milliseconds(100)))
        }
    }

    /// The process that the taker of an order is to kill.
    public var target: (worker: Int, process: Int32)? {
        get {
            let word = unsafe word(640).pointee.load(ordering: .acquiring)
            let (worker, process) = (Int(word & 0xffff_ffff) - 1, Int32(truncatingIfNeeded: word >> 32))
            return worker >= 0 && worker < workers && process > 1 ? (worker, process) : nil
        }
        nonmutating set {
            let word = newValue.map { UInt64($0.worker + 1) | UInt64(UInt32(bitPattern: $0.process)) << 32 }
            unsafe self.word(640).pointee.store(word ?? 0, ordering: .releasing)
        }
    }
}
