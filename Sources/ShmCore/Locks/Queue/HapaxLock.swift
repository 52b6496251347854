public import Synchronization

/// A queue lock by *values*: each acquisition has a number that never recurs (a hapax). An arriving participant
/// exchanges the last arrival's number for its own, and holds the lock once that arrival has departed.
///
/// No node, no address and no participant number passes between processes. So a participant claims nothing when it
/// starts, and returns nothing when it ends or dies outside the lock. A waiter polls a slot of an array, selected by a
/// hash of the number it waits for, so few waiters poll the same cache line.
///
/// Source: D. Dice and A. Kogan, *Hapax Locks: Scalable Value-Based Mutual Exclusion*, arXiv 2511.14608, 2025.
/// Participants draw numbers in blocks from a counter; the waiting array is that of ``TWALock``.
///
/// Memory ordering: the exchange of the arrivals word is an acquire in case the last arrival has already departed. A
/// departure is a release store, which pairs with the acquire load of its successor. It precedes the release store to
/// the array's slot. The successor reads the slot first and the departures second, so either it observes the departure,
/// or the slot changes. Owner death: all others wait for ever. They do so as well behind a *waiter* that died.
@_spi(Bench) @safe public struct HapaxLock: LockPrimitive, ~Copyable {
    //     0     the last arrival's number
    //     128   the last departure's number
    //     256   the next block of numbers
    //     384   waiting array
    @usableFromInline static var slots: UInt64 { 1024 }
    @usableFromInline static var block: UInt64 { 1 << 16 }
    private static var arrayOffset: Int { 3 * lineStride }

    @usableFromInline let arrived: UnsafeMutablePointer<Atomic<UInt64>>
    @usableFromInline let departed: UnsafeMutablePointer<Atomic<UInt64>>
    @usableFromInline let blocks: UnsafeMutablePointer<Atomic<UInt64>>
    @usableFromInline let array: UnsafeMutablePointer<Atomic<UInt64>>
    /// The number of this participant's latest arrival. The next number follows it, unless that starts a new block.
    @usableFromInline let latest: UnsafeMutablePointer<UInt64>

    /// See ``LockPrimitive/properties``.
    public static var properties: LockProperties {
        LockProperties(
            name: "hapax", family: .queue, waiting: .spins, fairness: .fifo, ownerDeath: .hangs,
            pollsUntilDeadline: true, survivesWaiterDeath: false,
            summary: "value-based queue lock (Dice and Kogan)")
    }

    /// Three words on cache lines of their own, and the array.
    public static func bytesNeeded(participants: Int) -> Int { arrayOffset + Int(slots) * MemoryLayout<UInt64>.size }

    /// Binds to the words.
    public init(_ binding: borrowing LockBinding) {
        unsafe arrived = binding.area.longWord(at: 0)
        unsafe departed = binding.area.longWord(at: lineStride)
        unsafe blocks = binding.area.longWord(at: 2 * lineStride)
        unsafe array = binding.area.longWord(at: Self.arrayOffset)
        unsafe latest = .allocate(capacity: 1)
        unsafe latest.initialize(to: Self.block - 1)
    }

    deinit { unsafe latest.deallocate() }

    /// One exchange and one load when free.
    @inlinable
    public borrowing func lock() -> LockOutcome {
        let before = unsafe arrived.pointee.exchange(draw(), ordering: .acquiringAndReleasing)
        if unsafe departed.pointee.load(ordering: .acquiring) != before { wait(for: before) }
        return .acquired
    }

    /// One load, and one compare-exchange when free. Numbers never recur, so it cannot confuse one arrival with
    /// another.
    @inlinable
    public borrowing func tryLock() -> LockOutcome {
        let last = unsafe departed.pointee.load(ordering: .acquiring)
        guard unsafe arrived.pointee.load(ordering: .relaxed) == last else { return .busy }
        let entered = unsafe arrived.pointee.compareExchange(
            expected: last, desired: draw(), successOrdering: .acquiringAndReleasing, failureOrdering: .relaxed)
        return entered.exchanged ? .acquired : .busy
    }

    /// Polls with ``tryLock()``, because an arrival cannot be withdrawn.
    @inlinable
    public borrowing func lock(until deadline: Deadline) -> LockOutcome { tryAgain(until: deadline, Spinning.self) }

    /// Two stores: the departure, and the slot that the successor polls.
    @inlinable
    public borrowing func unlock() {
        let mine = unsafe latest.pointee
        unsafe departed.pointee.store(mine, ordering: .releasing)
        unsafe slot(of: mine).pointee.store(mine, ordering: .releasing)
    }

    /// Draws a number that never recurs: the 2⁴⁸ blocks do not run out.
    @inlinable @inline(__always)
    borrowing func draw() -> UInt64 {
        var next = unsafe latest.pointee &+ 1
        if next % Self.block == 0 {
            next = (unsafe blocks.pointee.add(1, ordering: .relaxed).newValue &* Self.block) &+ 1
        }
        unsafe latest.pointee = next
        return next
    }

    /// The slot of a number. Consecutive numbers of a block use different cache lines.
    @inlinable @inline(__always)
    borrowing func slot(of number: UInt64) -> UnsafeMutablePointer<Atomic<UInt64>> {
        unsafe array + Int(((number &* 17) ^ (number >> 16)) % Self.slots)
    }

    @inlinable @inline(never)
    borrowing func wait(for before: UInt64) {
        let slot = unsafe slot(of: before)
        while true {
            let seen = unsafe slot.pointee.load(ordering: .acquiring)
            if unsafe departed.pointee.load(ordering: .acquiring) == before { return }
            while unsafe slot.pointee.load(ordering: .acquiring) == seen { Spinning.rest(after: 0) }
        }
    }
}

extension LockKind {
    /// A value-based queue lock.
    public static let hapax = LockKind(HapaxLock.self)
}
